import { expect, it } from 'vitest';
import { cleanPartition, type CleanEvent } from '../../../../src/balance/books/clean-partition.ts';
import { CLICKS } from '../../../support/clicks.ts';

const AUDITED = { stream: CLICKS, declared: new Set(['id', 'at', 'page', 'ms']), windowMs: 3_600_000 };
const AT = '2026-01-05T07:00:00.000Z';

const record = (offset: number, value: unknown, key = `e${offset}`) => ({
  key: Buffer.from(key),
  value: Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)),
  offset: String(offset),
  timestamp: String(1_000 + offset),
});
const event = (offset: number, more: object = {}) =>
  record(offset, { id: `e${offset}`, at: AT, page: '/', ...more });

function partitionOf(records: ReturnType<typeof record>[], since = 0n) {
  const events: CleanEvent[] = [];
  const partition = cleanPartition(AUDITED, { partition: 0, since, onEvent: (one) => void events.push(one) });
  partition.note(records);
  return { partition, events };
}

it('records are counted up to any offset from the given one on, whatever offsets are in between', () => {
  const { partition } = partitionOf([event(0), event(2), event(5), event(9)], 5n);
  expect([5n, 6n, 9n, 10n].map((end) => partition.before(end))).toEqual([2, 3, 3, 4]);
  expect([partition.next, partition.firstArrivalMs]).toEqual([10n, 1_000]);
});

it('an event is told with its time and its arrival', () => {
  expect(partitionOf([event(3)]).events).toEqual([
    { partition: 0, offset: 3, timeMs: Date.parse(AT), arrivalMs: 1_003 },
  ]);
});

it.each([
  ['{', /no JSON/, 0],
  ['[]', /no event/, 0],
  [{ id: 'e4', at: 'yesterday' }, /'at' holds no instant/, 0],
  [
    { id: 'e4', at: AT, page: '/', extra: ['NA'] },
    /holds the field 'extra', which no definition declares/,
    1,
  ],
  [{ id: 'other', at: AT, page: '/' }, /its key is not its id/, 1],
])('a record such as %j is odd', (value, what, events) => {
  const found = partitionOf([event(3), record(4, value), record(5, value, 'e4')]);
  expect(found.partition.odd).toMatchObject({ offset: '4', what: expect.stringMatching(what) as string });
  expect(found.events.length).toBeGreaterThanOrEqual(1 + events);
});

it('records as our writer writes them are not', () => {
  expect(partitionOf([event(1), event(2, { ms: null })]).partition.odd).toBeUndefined();
});
