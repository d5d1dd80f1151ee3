import { expect, test } from 'vitest';
import type { Calendar, PullDefinition } from '../../../src/definition/definition.ts';
import { namesFor } from '../../../src/names.ts';
import { leftOut, leftOutText } from '../../../src/schedules/left-out.ts';

const HOUR_MS = 3_600_000;
const NOW = '2026-11-24T20:30:00Z';

async function gapsOf(
  { calendar = { kind: 'hour' }, hours }: { calendar?: Calendar; hours: number },
  former: { hours: number; until?: string },
  { now = NOW, loaded = [] }: { now?: string; loaded?: string[] } = {},
) {
  const table = { name: 'readings', calendar, offsetMs: hours * HOUR_MS } as PullDefinition;
  const until = new Date(former.until ?? now);
  const ledger = { loadedStarts: async () => new Set(loaded) };
  return leftOut(ledger, table, { offsetMs: former.hours * HOUR_MS, until }, new Date(now));
}

const at = (hour: number) => `2026-11-24T${String(hour).padStart(2, '0')}:00:00Z`;
const FIVE = { from: at(14), to: at(19), intervals: 5 };

test('what was not yet due by the former offset and is due by the new one is left out, and nothing else', async () => {
  expect(await gapsOf({ hours: 1 }, { hours: 6 })).toEqual(FIVE);
});

test('a former slot that comes in this very moment is kept, and a new one is left out', async () => {
  const onTheHour = { now: at(20) };
  expect(await gapsOf({ hours: 1 }, { hours: 6 }, onTheHour)).toEqual(FIVE);
});

test('what is loaded already is no gap; where all is, there is none', async () => {
  const loaded = [14, 15, 16, 17].map(at);
  expect(await gapsOf({ hours: 1 }, { hours: 6 }, { loaded })).toMatchObject({ intervals: 1 });
  expect(await gapsOf({ hours: 1 }, { hours: 6 }, { loaded: [...loaded, at(18)] })).toBeUndefined();
});

test.each([
  ['as large', 6],
  ['larger', 7],
])('an offset that is %s leaves nothing out', async (_what, hours) => {
  expect(await gapsOf({ hours }, { hours: 6 })).toBeUndefined();
});

test('a smaller offset by which nothing has come due yet leaves nothing out', async () => {
  expect(await gapsOf({ hours: 5.75 }, { hours: 6 })).toBeUndefined();
});

test('an apply that was cut hours ago leaves out what was not yet due by then', async () => {
  const expected = { from: at(4), to: at(19), intervals: 15 };
  expect(await gapsOf({ hours: 1 }, { hours: 6, until: at(10) })).toEqual(expected);
});

test('days of a zone are counted by its clock, over a change of it too', async () => {
  const calendar: Calendar = { kind: 'day', zone: 'Europe/Berlin' };
  const given = { now: '2026-10-27T00:30:00Z' };
  const twoDays = { from: '2026-10-24T22:00:00Z', to: '2026-10-26T23:00:00Z', intervals: 2 };
  expect(await gapsOf({ calendar, hours: 1 }, { hours: 48 }, given)).toEqual(twoDays);
});

const RANGE = '[2026-11-24T14:00:00Z, 2026-11-24T19:00:00Z)';
const ID = 'dev/readings/backfill-2026-11-24T14:00:00Z-2026-11-24T19:00:00Z';
const COMMAND = 'npx millrace backfill readings --from 2026-11-24T14:00:00Z --to 2026-11-24T19:00:00Z';

test.each([
  [5, false, `5 intervals that start in ${RANGE}. apply starts backfill ${ID} to load them.`],
  [1, false, `1 interval that starts in ${RANGE}. apply starts backfill ${ID} to load it.`],
  [
    5,
    true,
    `5 intervals that start in ${RANGE}. The schedule is paused, so nothing loads them until you do: ${COMMAND}`,
  ],
])('what is said of %i left out (paused: %s)', (intervals, isPaused, text) => {
  const said = leftOutText(namesFor('dev'), 'readings', { ...FIVE, intervals }, isPaused);
  expect(said).toBe(`The smaller offset skips ${text}`);
});
