import { describe, expect, test } from 'vitest';
import { intervalsBetween } from '../../../../src/definition/calendar.ts';
import type { Calendar } from '../../../../src/definition/definition.ts';
import { bucketMsFor } from '../../../../src/store/marks/bucket.ts';

const minutes = (n: number): Calendar => ({ kind: 'minutes', n });
const hour: Calendar = { kind: 'hour' };
const day = (zone: string): Calendar => ({ kind: 'day', zone });

const CASES: [expected: number, calendars: Calendar[]][] = [
  [15, []],
  [15, [hour]],
  [15, [day('UTC')]],
  [15, [day('Europe/Berlin')]],
  [15, [minutes(15)]],
  [15, [minutes(720), minutes(30)]],
  [10, [minutes(20)]],
  [5, [minutes(20), minutes(15)]],
  [5, [minutes(20), day('Asia/Kathmandu')]],
  [9, [minutes(9)]],
  [3, [minutes(9), hour]],
  [8, [minutes(16)]],
  [12, [minutes(96)]],
  [1, [minutes(1)]],
  [1, [minutes(16), minutes(15)]],
];

describe('the buckets of a stream', () => {
  test.each(CASES)('are of %i minutes for readers with %j', (expected, calendars) => {
    expect(bucketMsFor(calendars) / 60_000).toBe(expected);
  });

  test.each([
    ...CASES.flatMap(([, calendars]) => calendars),
    day('Australia/Lord_Howe'),
    day('Pacific/Chatham'),
  ])('never reach over a boundary of %j', (calendar) => {
    const lengthMs = bucketMsFor([calendar, minutes(20)]);
    const starts = [...intervalsBetween(calendar, '2026-03-27T00:00:00Z', '2026-04-07T00:00:00Z')];
    expect(starts.filter(({ start }) => Date.parse(start) % lengthMs !== 0)).toEqual([]);
    expect(starts.length).toBeGreaterThan(8);
  });
});
