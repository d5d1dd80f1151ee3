import { expect, test } from 'vitest';
import { type Mark, partitionsAhead, type StreamCoverage } from '../../../../src/store/marks/ahead.ts';

const QUARTER_MS = 900_000;
const HOUR_MS = 3_600_000;
const INTERVAL = { start: '2026-03-01T07:00:00Z', end: '2026-03-01T08:00:00Z' };
const TOPICS = [
  { id: 'one', since: '2026-01-01T00:00:00Z' },
  { id: 'two', since: '2026-03-02T00:00:00Z' },
];
const [FIRST] = TOPICS;

const mark = (start: string, offset: number, rest: Partial<Mark> = {}): Mark => ({
  incarnation: 'one',
  partition: 0,
  startMs: Date.parse(`2026-03-01T${start}:00Z`),
  lengthMs: QUARTER_MS,
  offset: BigInt(offset),
  ...rest,
});

const covered = (offsets: Record<string, string>, rest: Partial<StreamCoverage> = {}): StreamCoverage => ({
  offsets,
  loadedAt: '2026-03-01T08:05:00.000Z',
  ...rest,
});

test.each<[string, Mark[], StreamCoverage, number[]]>([
  ['no mark at all', [], covered({ '0': '10' }), []],
  ['a mark below the coverage', [mark('07:15', 9)], covered({ '0': '10' }), []],
  ['the first offset that is not covered', [mark('07:15', 10)], covered({ '0': '10' }), [0]],
  ['the bucket before the interval', [mark('06:45', 99)], covered({ '0': '10' }), []],
  ['the bucket after the interval', [mark('08:00', 99)], covered({ '0': '10' }), []],
  ['the first and the last bucket', [mark('07:00', 99), mark('07:45', 98)], covered({ '0': '10' }), [0]],
  [
    'a coarser bucket that begins before',
    [mark('00:00', 99, { lengthMs: 24 * HOUR_MS })],
    covered({ '0': '10' }),
    [0],
  ],
  [
    'a coarser bucket that overlaps the end',
    [mark('07:50', 99, { lengthMs: HOUR_MS })],
    covered({ '0': '10' }),
    [0],
  ],
  [
    'a coarser bucket that ends where it begins',
    [mark('06:00', 99, { lengthMs: HOUR_MS })],
    covered({ '0': '10' }),
    [],
  ],
  [
    'several partitions, in order',
    [mark('07:15', 20, { partition: 3 }), mark('07:15', 20, { partition: 1 }), mark('07:15', 5)],
    covered({ '0': '10', '1': '10', '3': '10' }),
    [1, 3],
  ],
  [
    'a partition that the coverage does not know',
    [mark('07:15', 0, { partition: 4 })],
    covered({ '0': '10' }),
    [4],
  ],
  ['no coverage at all', [mark('07:15', 0), mark('07:15', 3, { partition: 1 })], covered({}), [0, 1]],
  [
    'an offset beyond what a number holds',
    [mark('07:15', 0, { offset: 9_007_199_254_740_993n })],
    covered({ '0': '9007199254740993' }),
    [0],
  ],
  [
    'a topic that is not known yet: it has begun just now',
    [mark('07:15', 1, { incarnation: 'three' })],
    covered({ '0': '10' }),
    [0],
  ],
  [
    'a topic made after the load: the low offset is ahead',
    [mark('07:15', 1, { incarnation: 'two' })],
    covered({ '0': '10' }),
    [0],
  ],
  [
    'a topic from before the one that the load has read',
    [mark('07:15', 99)],
    covered({ '0': '10' }, { incarnation: 'two' }),
    [],
  ],
  [
    'late events of the topic that the load has read, replaced since',
    [mark('07:15', 99)],
    covered({ '0': '10' }, { incarnation: 'one' }),
    [0],
  ],
  [
    'a load that was recorded to have read the old topic',
    [mark('07:15', 1, { incarnation: 'two' })],
    covered({ '0': '10' }, { incarnation: 'one', loadedAt: '2026-04-01T00:00:00Z' }),
    [0],
  ],
  [
    'a load after the topic was made anew',
    [mark('07:15', 9, { incarnation: 'two' }), mark('07:15', 99)],
    covered({ '0': '10' }, { loadedAt: '2026-03-03T00:00:00Z' }),
    [],
  ],
  [
    'a load from before any mark was kept',
    [mark('07:15', 10)],
    covered({ '0': '10' }, { loadedAt: '2025-12-01T00:00:00Z' }),
    [0],
  ],
  ['a topic that is not known', [mark('07:15', 10)], covered({ '0': '10' }, { incarnation: 'gone' }), [0]],
])('%s', (_what, marks, coverage, expected) => {
  expect(partitionsAhead(marks, INTERVAL, coverage, TOPICS)).toEqual(expected);
});

test('a stream that has had one clean topic alone is compared with it, whenever a load ended', () => {
  const marks = [mark('07:15', 9), mark('07:30', 10, { partition: 1 })];
  const coverage = covered({ '0': '10', '1': '10' }, { loadedAt: '2020-01-01T00:00:00Z' });
  expect(partitionsAhead(marks, INTERVAL, coverage, FIRST === undefined ? [] : [FIRST])).toEqual([1]);
});
