import { expect, it } from 'vitest';
import type { CountedLoad } from '../../../../src/balance/books/rollups.ts';
import { compareRollup } from '../../../../src/balance/compare/rollups.ts';

const START = '2026-01-05T07:00:00Z';
const END = '2026-01-05T08:00:00Z';
const MS = Date.parse(START);
const LOAD: CountedLoad = {
  start: START,
  end: END,
  counted: 10,
  coverage: { offsets: { '0': '50' }, loadedAt: END, incarnation: 'now' },
  beganAt: END,
  dataHash: 'same',
  late: 0,
  missed: 0,
  perhapsRead: 0,
  lateSince: 0,
};
const RELOAD = `npx millrace backfill hourly --from ${START} --to ${END} --reprocess all`;

interface Given {
  load?: Partial<CountedLoad>;
  clean?: number;
  druid?: number | undefined;
  low?: bigint;
  exactFromMs?: number;
}

function compared({ load = {}, clean = 10, low = 0n, exactFromMs, ...given }: Given) {
  const druid = 'druid' in given ? given.druid : clean;
  return compareRollup({
    column: {
      table: 'hourly',
      column: 'orders',
      calendar: { kind: 'hour' },
      dataHash: 'same',
      intervals: new Map([[MS, { ...LOAD, ...load }]]),
    },
    clean: { events: new Map([[MS, clean]]), arrived: new Map(), lows: new Map([[0, low]]) },
    druid: druid === undefined ? undefined : new Map([[MS, druid]]),
    cleanTopic: 'now',
    exactFromMs,
  });
}
const numbers = (found: ReturnType<typeof compared>) =>
  found.differences.map(({ side, interval, expected, found: present }) => [
    side,
    interval?.start,
    expected,
    present,
  ]);

it('a sum that is the number of events is no difference, with Druid and without', () => {
  for (const druid of [10, undefined]) {
    const found = compared({ druid });
    expect(found).toMatchObject({ differences: [], late: [], notes: [] });
    expect(found.total).toEqual({ book: 'hourly.orders', expected: 10, found: 10 });
  }
});

it('a sum that is too low or too high is a difference of that interval, with the command that loads it again', () => {
  for (const [counted, means] of [
    [9, /^The table lacks events/],
    [11, /^The table counts events that are not there/],
  ] as const) {
    const found = compared({ load: { counted } });
    expect(numbers(found)).toEqual([['hourly.orders', START, 10, counted]]);
    expect(found.differences[0]?.means).toMatch(means);
    expect(found.differences[0]?.means).not.toContain('millrace');
    expect(found.differences[0]?.command).toBe(RELOAD);
  }
});

it('events that came after the load make it late, and no difference', () => {
  const found = compared({ load: { counted: 7, late: 3 } });
  expect(found.differences).toEqual([]);
  expect(found.late).toEqual([
    { table: 'hourly', interval: { start: START, end: END }, events: 3, command: RELOAD },
  ]);
});

it('a late interval that lacks more than what came late is a difference', () => {
  expect(numbers(compared({ load: { counted: 6, late: 3 } }))).toEqual([['hourly.orders', START, 7, 6]]);
});

it('events that had arrived before the load began and are not in it are a difference: it did not wait for them', () => {
  const found = compared({ load: { counted: 8, late: 2, missed: 2 } });
  expect(numbers(found)).toEqual([['hourly.orders', START, 10, 8]]);
  expect(found.differences[0]?.means).toMatch(/ 2 of those had arrived before the load began/);
  expect(found.late).toEqual([]);
});

it('events that arrive while the books are read are no difference', () => {
  expect(compared({ druid: 12, load: { lateSince: 2 } }).differences).toEqual([]);
  expect(compared({ druid: 12, load: { lateSince: 1 }, clean: 11 }).differences).toHaveLength(1);
});

it('where Druid and the clean topic differ, a sum that agrees with one of them is not blamed', () => {
  expect(compared({ druid: 20 }).differences).toEqual([]);
  expect(compared({ druid: 5, load: { counted: 5 } }).differences).toEqual([]);
  expect(compared({ druid: 5, load: { counted: 7 } }).differences).toHaveLength(1);
});

it('loads of an earlier definition or of an earlier clean topic are not compared, and that is said', () => {
  const earlier = compared({ load: { counted: 3, dataHash: 'former' } });
  expect(earlier).toMatchObject({ differences: [], total: { expected: 0, found: 0 } });
  expect(earlier.notes).toEqual([
    'hourly.orders: 1 intervals were loaded from an earlier definition: not compared',
  ]);
  const anew = compared({ load: { counted: 3, coverage: { ...LOAD.coverage, incarnation: 'before' } } });
  expect(anew.notes).toEqual([
    'hourly.orders: 1 intervals were loaded from an earlier clean topic: not compared',
  ]);
});

it('where retention has removed what came late, a sum below that of Druid is a difference, of either cause', () => {
  const found = compared({ low: 80n, exactFromMs: MS + 1, clean: 1, druid: 10, load: { counted: 7 } });
  expect(numbers(found)).toEqual([['hourly.orders', START, 10, 7]]);
  expect(found.differences).toMatchObject([
    { means: expect.stringMatching(/came after its load, or rows were deleted/) as string, command: RELOAD },
  ]);
  expect(found).toMatchObject({ late: [], total: { expected: 10, found: 7 } });
});

it('where retention has removed the clean records and Druid does not answer, nothing is compared', () => {
  const { differences, notes } = compared({ exactFromMs: MS + 1, clean: 1, druid: undefined });
  expect(differences).toEqual([]);
  expect(notes).toEqual([
    'hourly.orders: 1 intervals were without their clean records, which retention has removed: not compared',
  ]);
});

it('what came while the load asked Druid may be in its sum, all of it or a part', () => {
  const during = (counted: number) => compared({ clean: 15, load: { counted, late: 5, perhapsRead: 3 } });
  for (const counted of [10, 12, 13]) {
    expect(during(counted)).toMatchObject({ differences: [], late: [{ events: 15 - counted }] });
  }
  expect(numbers(during(9))).toEqual([['hourly.orders', START, 10, 9]]);
  expect(numbers(during(14))).toEqual([['hourly.orders', START, 10, 14]]);
  expect(compared({ clean: 15, load: { counted: 15, late: 5, perhapsRead: 5 } }).late).toEqual([]);
});
