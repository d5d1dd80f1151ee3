import { expect, it } from 'vitest';
import { compareDruid } from '../../../../src/balance/compare/druid.ts';
import type { CountsByTime } from '../../../../src/balance/event-time.ts';

const QUARTER_MS = 900_000;
const HOUR = Date.parse('2026-01-05T07:00:00Z');

/** By quarter from 07:00 on. */
const counts = (...numbers: number[]): CountsByTime =>
  new Map<number, number>(numbers.map((count, index) => [HOUR + index * QUARTER_MS, count]));

const compared = (
  clean: CountsByTime,
  druid: CountsByTime,
  more: { arrived?: CountsByTime; exactFromMs?: number } = {},
) =>
  compareDruid({
    clean: { events: clean, arrived: more.arrived ?? new Map<number, number>() },
    druid,
    datasource: 'dev_orders_v1',
    calendar: { kind: 'hour' },
    exactFromMs: more.exactFromMs,
  });
const numbers = (found: ReturnType<typeof compared>) =>
  found.differences.map(({ side, interval, expected, found: present }) => [
    side,
    interval?.start,
    interval?.end,
    expected,
    present,
  ]);

it('equal books hold no difference', () => {
  expect(compared(counts(1, 2, 3, 4, 5), counts(1, 2, 3, 4, 5))).toEqual({
    differences: [],
    late: [],
    unknown: [],
    notes: [],
  });
});

it('an interval of which Druid lacks events is named, and only that one', () => {
  const found = compared(counts(1, 2, 3, 4, 5), counts(1, 2, 3, 3, 5));
  expect(numbers(found)).toEqual([['dev_orders_v1', '2026-01-05T07:00:00Z', '2026-01-05T08:00:00Z', 10, 9]]);
  expect(found.differences[0]?.means).toMatch(/^Druid lacks events/);
});

it('an interval that Druid alone has is named', () => {
  const found = compared(counts(1), counts(1, 0, 0, 0, 7));
  expect(numbers(found)).toEqual([['dev_orders_v1', '2026-01-05T08:00:00Z', '2026-01-05T09:00:00Z', 0, 7]]);
  expect(found.differences[0]?.means).toMatch(/^Druid has rows more/);
});

it('what arrives meanwhile is no difference, whether Druid has it already or not, and that is said', () => {
  const arrived = counts(2);
  for (const present of [10, 11, 12])
    expect(compared(counts(10), counts(present), { arrived }).differences).toEqual([]);
  expect(numbers(compared(counts(10), counts(13), { arrived }))[0]?.slice(3)).toEqual([12, 13]);
  expect(numbers(compared(counts(10), counts(9), { arrived }))[0]?.slice(3)).toEqual([10, 9]);
  expect(compared(counts(10), counts(10), { arrived }).notes).toEqual([
    expect.stringMatching(
      /^2 events arrived meanwhile \(in 1 intervals, the first at 2026-01-05T07:00:00Z\)/,
    ),
  ]);
});

it('where retention has removed clean records, only what Druid lacks is a difference', () => {
  const exactFromMs = HOUR + 3_600_000;
  expect(numbers(compared(counts(1, 0, 0, 0, 5), counts(9, 0, 0, 0, 5), { exactFromMs }))).toEqual([]);
  expect(numbers(compared(counts(3), counts(2), { exactFromMs }))).toHaveLength(1);
  expect(numbers(compared(counts(0, 0, 0, 0, 5), counts(0, 0, 0, 0, 6), { exactFromMs }))).toHaveLength(1);
});
