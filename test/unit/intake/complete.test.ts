import { expect, test } from 'vitest';
import { lackOf, type CompleteDeps, type Lack } from '../../../src/intake/complete.ts';
import { CLICKS } from '../../support/clicks.ts';
import { intakeOf } from '../../support/intake-of.ts';

interface Druid {
  /** What its task has read to, by partition. */
  to?: number[];
  isUnloaded?: boolean;
  isFailing?: boolean;
  isAbsent?: boolean;
}

/** What this Druid lacks of a stream up to 5 in each of two partitions, the second of which has had no event. */
async function lackIn({ to = [5, 0], isUnloaded, isFailing, isAbsent }: Druid): Promise<Lack | undefined> {
  const { deps } = intakeOf([{ parts: to.map((offset) => ({ to: offset })) }]);
  const segment = { segment_id: 'one', is_published: 1, is_available: isUnloaded ? 0 : 1 };
  const druid: CompleteDeps['druid'] = {
    ...deps.druid,
    ...(isAbsent ? { supervisorStatus: async () => undefined } : {}),
    lastFailure: async () =>
      isFailing ? { taskId: 'task', why: 'is unparseable!', isOfRecord: true } : undefined,
    rows: async (sql) => (sql.includes('INFORMATION_SCHEMA') ? [{ n: 1 }] : [segment]),
    servedSegments: async () => ({ said: [] }),
    usedSegments: async () => new Set(['one']),
  };
  const upTo = new Map([
    [0, 5n],
    [1, 0n],
  ]);
  return lackOf({ names: deps.names, druid }, CLICKS, upTo);
}

test('a Druid that has read every event, and has loaded it, lacks nothing', async () => {
  expect(await lackIn({})).toBeUndefined();
  expect(await lackIn({ to: [7, 0] })).toBeUndefined();
});

test('a Druid that has not read every event lacks the rest, and is not asked for segments', async () => {
  expect(await lackIn({ to: [4, 9], isUnloaded: true })).toEqual({
    code: 'STREAM_NOT_DRAINED',
    text: "Stream 'clicks' is not drained: Druid's supervisor 'unit_clicks_v1' (RUNNING) is known to have read partition 0 to 4 of 5.",
  });
});

test('what keeps a Druid from reading is said with what it lacks', async () => {
  expect((await lackIn({ to: [4, 0], isFailing: true }))?.text).toMatch(
    /to 4 of 5; Druid's tasks for it fail one after the other: is unparseable! \(task task\)\.$/,
  );
  expect((await lackIn({ isAbsent: true }))?.text).toContain("'npx millrace apply' makes it");
});

test('a Druid that has read every event, and has not loaded all of them, lacks those', async () => {
  expect(await lackIn({ isUnloaded: true })).toEqual({
    code: 'DRUID_SEGMENTS_MISSING',
    text: "1 segments of 'unit_clicks_v1' are published but not loaded, so an answer would lack rows.",
  });
});
