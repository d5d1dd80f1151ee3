import { expect, test } from 'vitest';
import { type Judged, type JudgeInput, judge } from '../../../../src/ingest/path/judge.ts';
import { dedupeWindow } from '../../../../src/ingest/path/memory/dedupe.ts';
import type { Verdict } from '../../../../src/ingest/path/event/judge-event.ts';

const NOW_MS = Date.parse('2026-03-01T12:00:00Z');

/** Values are ids; `!` makes a dead letter. */
const judgeEvent = (value: Buffer | null): Verdict =>
  String(value).startsWith('!')
    ? { kind: 'dead', reason: { code: 'JSON_INVALID', text: 'no JSON' } }
    : { kind: 'clean', id: String(value), bucketMs: 0, value: `judged ${String(value)}` };

const recordsOf = (values: readonly string[], timestamp: (index: number) => number = () => NOW_MS) =>
  values.map((value, index) => ({
    key: null,
    value: Buffer.from(value),
    offset: String(100 + index),
    timestamp: String(timestamp(index)),
  }));

const inputOf = (values: readonly string[], more: Partial<JudgeInput> = {}): JudgeInput => ({
  topic: 'raw',
  partition: 3,
  records: recordsOf(values),
  from: 0,
  judgeEvent,
  window: dedupeWindow(1_000),
  newestMs: 0,
  nowMs: NOW_MS,
  ...more,
});

const idsOf = ({ clean }: Judged) => clean.map(({ id }) => id);

test('a chunk counts each record once: clean, dead or duplicate', () => {
  const window = dedupeWindow(1_000);
  window.add('known', NOW_MS);
  const judged = judge(inputOf(['a', 'b', 'a', '!', 'known', 'c'], { window }));
  expect(judged.counts).toEqual({ raw: 6, clean: 3, dead: 1, duplicate: 2, filtered: 0 });
  expect(idsOf(judged)).toEqual(['a', 'b', 'c']);
  expect(window.size, 'the window learns of a chunk only after its commit').toBe(1);
});

test('an id that comes twice in a chunk, further apart than the window, is two events', () => {
  const records = recordsOf(['a', 'b', 'a'], (index) => NOW_MS - 10_000 + index * 2_000);
  expect(idsOf(judge(inputOf([], { records })))).toEqual(['a', 'b', 'a']);
});

test('an id that comes twice in a chunk a day ago is a duplicate: the window counts from the newest arrival', () => {
  const records = recordsOf(['a', 'a'], () => NOW_MS - 86_400_000);
  expect(judge(inputOf([], { records })).counts).toMatchObject({ clean: 1, duplicate: 1 });
});

test('with the window off, an id may come as often as it likes', () => {
  expect(judge(inputOf(['a', 'a'], { window: dedupeWindow(0) })).counts.clean).toBe(2);
});

test('a clean record has what the judge wrote under the id, in the same partition', () => {
  const [clean] = judge(inputOf(['a'])).clean;
  expect(clean?.record).toEqual({
    key: 'a',
    value: 'judged a',
    partition: 3,
    timestamp: String(NOW_MS),
  });
});

test('a chunk ends at 2,000 records, and the next begins after it', () => {
  const values = Array.from({ length: 2_500 }, (_, index) => `id${index}`);
  const first = judge(inputOf(values));
  const second = judge(inputOf(values, { from: first.taken }));
  expect([first.taken, second.taken, idsOf(second)[0]]).toEqual([2_000, 500, 'id2000']);
});

test('a chunk of large records ends before it holds 5 MB', () => {
  const values = Array.from({ length: 20 }, (_, index) => `${index}${'x'.repeat(900_000)}`);
  expect(judge(inputOf(values)).taken).toBe(5);
});

test.each([
  ['no timestamp', -1, NOW_MS],
  ['a timestamp of tomorrow', NOW_MS + 86_400_000, NOW_MS],
  ['a timestamp of an hour ago', NOW_MS - 3_600_000, NOW_MS - 3_600_000],
  ['a timestamp of 2013', Date.parse('2013-01-01T00:00:00Z'), NOW_MS - 3 * 86_400_000],
])('a record with %s counts as arrived when it can be believed', (_name, timestamp, arrivalMs) => {
  const judged = judge(inputOf([], { records: recordsOf(['a'], () => timestamp) }));
  const [clean] = judged.clean;
  expect([clean?.arrivalMs, judged.newestMs, clean?.record.timestamp]).toEqual([
    arrivalMs,
    arrivalMs,
    String(arrivalMs),
  ]);
});
