import { expect, test } from 'vitest';
import type { PullDefinition } from '../../../src/definition/definition.ts';
import { namesFor } from '../../../src/names.ts';
import { desiredSchedule } from '../../../src/schedules/desired.ts';
import { diffSchedules } from '../../../src/schedules/diff.ts';
import { offsetsBefore } from '../../../src/schedules/former-offset.ts';
import type { LiveSchedule } from '../../../src/schedules/live.ts';
import type { Recorded } from '../../../src/targets/target.ts';

const HOUR_MS = 3_600_000;
const NOW = new Date('2026-11-24T20:30:00Z');
const CUT_AT = '2026-11-24T10:00:00Z';

/** What is found of an hourly table that had these offsets and is to have the wanted one. */
async function found(recorded: Recorded | undefined, appliedHours: number | undefined, wantedHours = 1) {
  const calendar = { kind: 'hour' };
  const table = { kind: 'pull', name: 'readings', calendar, offsetMs: wantedHours * HOUR_MS };
  const names = namesFor('dev');
  const schedule = desiredSchedule(table as PullDefinition, names, NOW);
  const fields = { ...schedule.fields, offsetMs: undefined };
  const live = new Map<string, LiveSchedule>([
    [schedule.object, { fields, mark: 'ours', nextSlot: null, paused: null }],
  ]);
  let isAsked = false;
  const slotOffsets = async () => {
    isAsked = true;
    const applied = { offsetMs: (appliedHours ?? 0) * HOUR_MS, since: CUT_AT };
    return new Map(appliedHours === undefined ? [] : [['readings', applied]]);
  };
  const store = { catalogue: { slotOffsets }, ledger: { loadedStarts: async () => new Set<string>() } };
  const owned = new Map(recorded === undefined ? [] : [[schedule.object, recorded]]);
  const before = await offsetsBefore(store, live, [schedule], owned);
  const [step] = diffSchedules(names, [schedule], live, before, owned);
  const { former, leftOut } = before.get(schedule.object) ?? {};
  const change = step?.differences.map(({ live: was, desired: will }) =>
    [was, will].map(hoursOf).join(' → '),
  );
  return { former: former && [hoursOf(former.offsetMs), former.until], leftOut, change, step, isAsked };
}

const hoursOf = (ms: unknown) => Number(ms) / HOUR_MS;

const recordOf = (hours?: number): Recorded => ({
  hash: 'h',
  made: { fields: hours === undefined ? {} : { offsetMs: hours * HOUR_MS }, unseen: {}, learned: {} },
});

const FIVE = { from: '2026-11-24T14:00:00Z', to: '2026-11-24T19:00:00Z', intervals: 5 };

test('the former offset is the recorded one, until now', async () => {
  const { step, ...rest } = await found(recordOf(6), 6);
  expect(rest).toMatchObject({ former: [6, NOW], leftOut: FIVE, change: ['6 → 1'] });
  expect(step?.note).toBe(
    'The smaller offset skips 5 intervals that start in [2026-11-24T14:00:00Z, 2026-11-24T19:00:00Z). apply starts backfill dev/readings/backfill-2026-11-24T14:00:00Z-2026-11-24T19:00:00Z to load them.',
  );
});

test('a smaller offset that was taken back after an apply that was cut leaves out what had no slot meanwhile', async () => {
  const { step, ...rest } = await found(recordOf(6), 1, 6);
  expect(rest).toMatchObject({
    former: [6, new Date(CUT_AT)],
    leftOut: { from: '2026-11-24T04:00:00Z', to: '2026-11-24T14:00:00Z', intervals: 10 },
    change: ['1 → 6'],
  });
  expect(step?.action).toBe('update');
});

test.each([1, 2])('where it is no smaller (%i h) nothing is left out', async (hours) => {
  const { step, ...rest } = await found(recordOf(1), 1, hours);
  expect(rest).toMatchObject({ former: [1, NOW], leftOut: undefined });
  expect(step?.note).toBeUndefined();
});

test('an apply that was killed before it recorded its own offset is taken up where its definition began to run', async () => {
  expect(await found(recordOf(6), 1)).toMatchObject({
    former: [6, new Date(CUT_AT)],
    leftOut: { from: '2026-11-24T04:00:00Z' },
    change: ['6 → 1'],
  });
});

test('so is one that was killed and is taken back: runs went by the larger offset meanwhile', async () => {
  expect(await found(recordOf(1), 6)).toMatchObject({ former: [6, new Date(CUT_AT)], change: ['6 → 1'] });
});

test('and one that was killed and is taken back to the larger offset: runs went by the smaller one meanwhile', async () => {
  expect(await found(recordOf(6), 1, 6)).toMatchObject({
    former: [6, new Date(CUT_AT)],
    leftOut: { from: '2026-11-24T04:00:00Z', to: '2026-11-24T14:00:00Z' },
    change: ['1 → 6'],
  });
});

test('a record of a version that kept no offset is completed by the definition that was applied', async () => {
  expect(await found(recordOf(), 6)).toMatchObject({ former: [6, NOW], leftOut: FIVE });
  expect(await found({ hash: 'h' }, 6)).toMatchObject({ former: [6, NOW], change: ['6 → 1'] });
});

test('without a record, as where MariaDB does not answer, the store is not asked and nothing is a difference', async () => {
  expect(await found(undefined, 6)).toMatchObject({ former: undefined, change: [], isAsked: false });
});
