import { MockActivityEnvironment } from '@temporalio/testing';
import { expect, it } from 'vitest';
import { resolve } from '../../../src/activities/resolve.ts';
import type { Calendar, PullDefinition } from '../../../src/definition/definition.ts';
import type { LoadDeps } from '../../../src/load/deps.ts';
import type { Resolution, ResolveInput } from '../../../src/load/messages.ts';
import { namesFor } from '../../../src/names.ts';

const MINUTE_MS = 60_000;
const NOW = '2026-01-05T12:20:00Z';

const version = (offsetMinutes: number, calendar: Calendar = { kind: 'hour' }) =>
  ({ kind: 'pull', name: 'weather', calendar, offsetMs: offsetMinutes * MINUTE_MS }) as PullDefinition;

/** What a run resolves to, the first of these versions being the one that is applied. */
async function resolved(versions: PullDefinition[], input: Partial<ResolveInput>, started: object = {}) {
  const catalogue = {
    byName: async () => ({ definition: versions[0], hash: 'abc', dataHash: 'def' }),
    versionsOf: async () => versions,
  };
  const deps = { catalogue, names: namesFor('t'), now: () => new Date(NOW) } as unknown as LoadDeps;
  const schedule = { table: 'weather', trigger: 'schedule', ...input };
  const activity = () => resolve(deps)(schedule as ResolveInput, { table: 'weather', ...started });
  const resolution: Resolution = await new MockActivityEnvironment().run(activity);
  if (resolution.isCanonical) throw new Error('the run is none of its own');
  const { interval, trigger } = resolution.input;
  return [interval, trigger, resolution.workflowId];
}

const nominal = (time: string) => ({ nominalTime: `2026-01-05T${time}.000Z` });

it('a run that a schedule started loads the interval of its slot, however late it executes', async () => {
  expect(await resolved([version(10)], nominal('09:10:00'))).toEqual([
    '2026-01-05T08:00:00Z',
    'schedule',
    't/weather-2026-01-05T09:10:00Z',
  ]);
});

it('an interval whose slot has not come is refused, whoever asks', async () => {
  const asked = resolved([version(10)], { interval: '2026-01-05T12:00:00Z' });
  await expect(asked).rejects.toMatchObject({ code: 'INTERVAL_IN_FUTURE' });
});

it('a run that waited under a slot of the former offset loads the interval that it meant', async () => {
  for (const former of [5, 15]) {
    const time = `09:${String(former).padStart(2, '0')}:00`;
    expect(await resolved([version(10), version(former)], nominal(time))).toEqual([
      '2026-01-05T08:00:00Z',
      'schedule',
      't/weather-2026-01-05T09:10:00Z',
    ]);
  }
});

it('a trigger by hand loads the last complete interval, after a change of the offset too', async () => {
  const last = ['2026-01-05T11:00:00Z', 'manual', 't/weather-2026-01-05T12:10:00Z'];
  expect(await resolved([version(10)], nominal('12:19:59'))).toEqual(last);
  expect(await resolved([version(10), version(5)], nominal('12:19:59'))).toEqual(last);
});

it('an interval of a former slot that is due later now is left to its new slot', async () => {
  expect(await resolved([version(30), version(5)], nominal('12:05:00'))).toEqual([
    '2026-01-05T10:00:00Z',
    'manual',
    't/weather-2026-01-05T11:30:00Z',
  ]);
});

it('a slot of another calendar means nothing: its intervals are no more', async () => {
  const quarters = version(5, { kind: 'minutes', n: 15 });
  expect(await resolved([version(10), quarters], nominal('09:05:00'))).toEqual([
    '2026-01-05T11:00:00Z',
    'manual',
    't/weather-2026-01-05T12:10:00Z',
  ]);
});

it('a nominal time that somebody gave is refused: it is Temporal that says for which slot a run was started', async () => {
  await expect(resolved([version(10)], nominal('09:10:00'), nominal('09:10:00'))).rejects.toMatchObject({
    code: 'INPUT_INVALID',
    message: expect.stringContaining('Unrecognized key: "nominalTime"') as string,
  });
});
