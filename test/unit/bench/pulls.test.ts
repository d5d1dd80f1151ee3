import { expect, test } from 'vitest';
import { readOptions } from '../../../bench/pulls/options.ts';
import { ordersPull } from '../../../bench/pulls/definitions.ts';
import type { Pulled } from '../../../bench/pulls/measure.ts';
import { mediansOf, ratiosOf, targetsOf } from '../../../bench/pulls/result.ts';
import { DAY, pageOf, rowOf } from '../../../bench/pulls/rows.ts';
import { medianTo, shareOfAllowed, shareRefused } from '../../../bench/pulls/share.ts';
import { refuseWrong, sumsOf, textOf } from '../../../bench/pulls/sums.ts';

test('a row is the same whenever it is made, and whatever the size of its page', () => {
  expect(rowOf(1)).toEqual({
    id: 1,
    ref: 'c3f4846f-fa35-468c-1fc6-f931682f50ed',
    at: '2026-01-05T02:40:27.272Z',
    amount: '14700.23',
    quantity: 69,
    customer: { name: 'Emre 78787' },
    note: null,
    is_paid: false,
  });
  expect(pageOf(3, 2)).toEqual([rowOf(5), rowOf(6)]);
  expect(pageOf(2, 3)).toEqual([rowOf(4), rowOf(5), rowOf(6)]);
});

test('the time of every row lies in the interval that is pulled', () => {
  const times = pageOf(1, 1_000).map(({ at }) => Date.parse(at));
  expect(Math.min(...times)).toBeGreaterThanOrEqual(Date.parse(DAY.start));
  expect(Math.max(...times)).toBeLessThan(Date.parse(DAY.end));
});

test('the sums of the first 60,000 rows are those that MariaDB gave of them', () => {
  expect(sumsOf(60_000)).toEqual({
    rows: '60000',
    ids: '1800030000',
    amount: '2399259791.93',
    quantity: '2957811',
    nulls: '17939',
    earliest: '2026-01-05 00:00:01.207000',
    latest: '2026-01-05 23:59:59.481000',
    checksum: '926384068',
  });
});

test('a row is compared as one text, with a word where there is no value', () => {
  expect(textOf(rowOf(1))).toBe(
    '1|c3f4846f-fa35-468c-1fc6-f931682f50ed|2026-01-05 02:40:27.272000|14700.23|69|Emre 78787|none|0',
  );
});

test('a pull that brought something else is refused, with each sum that differs', () => {
  const expected = sumsOf(3);
  expect(() => refuseWrong('dlt', { ...expected }, expected)).not.toThrow();
  expect(() => refuseWrong('dlt', { ...expected, rows: '2', checksum: '7' }, expected)).toThrow(
    `dlt did not bring what the vendor has: rows 2 instead of 3, checksum 7 instead of ${expected.checksum}`,
  );
});

test('the share of the allowed requests counts the burst that a full bucket allows', () => {
  const limit = { perSecond: 50, capacity: 50 };
  // 50 at once, and 50 in each of 19 seconds: no caller can have more.
  expect(shareOfAllowed(1_000, 19, limit)).toBe(1);
  // A mere rate would call this twice of what is allowed.
  expect(shareOfAllowed(100, 1, limit)).toBe(1);
  expect(shareOfAllowed(1_000, 39, limit)).toBe(0.5);
});

test('the share of refused requests is of all that came', () => {
  expect(shareRefused(990, 10)).toBe(0.01);
  expect(shareRefused(0, 0)).toBe(0);
});

test('a median keeps the places that are asked for', () => {
  expect(medianTo(2, [1.25, 9, 0.5])).toBe(1.25);
  expect(medianTo(1, [1.1, 1.2])).toBe(1.2);
});

const pulled = (competitor: string, round: number, rowsPerSecond: number, more: Partial<Pulled> = {}) => ({
  competitor,
  part: 'free' as const,
  round,
  seconds: 10,
  rowsPerSecond,
  cpuSeconds: 5,
  memoryMb: {
    idle: 100,
    peak: 200,
    peakOverIdle: 100,
    at10Percent: 150,
    at50Percent: 150,
    at100Percent: 150,
  },
  requests: 100,
  mostAtOnce: 1,
  refused: 0,
  refusedShare: 0,
  ...more,
});

test('losses stand beside wins: a ratio below 1 is a loss', () => {
  const medians = mediansOf([
    pulled('millrace', 1, 20_000),
    pulled('millrace', 2, 30_000),
    pulled('millrace', 3, 25_000),
    pulled('axios loop', 1, 50_000, { cpuSeconds: 1 }),
    pulled('dlt', 1, 5_000, { cpuSeconds: 20 }),
  ]);
  expect(medians.map(({ competitor, rounds }) => [competitor, rounds])).toEqual([
    ['millrace', 3],
    ['axios loop', 1],
    ['dlt', 1],
  ]);
  const ratios = ratiosOf(medians);
  expect(ratios).toEqual([
    { part: 'free', against: 'axios loop', rowsPerSecond: 0.5, cpuSeconds: 0.2, peakMb: 1 },
    { part: 'free', against: 'dlt', rowsPerSecond: 5, cpuSeconds: 4, peakMb: 1 },
  ]);
  expect(targetsOf(medians, ratios)).toEqual([
    { what: 'rows per second, times those of dlt', wanted: '>= 5', found: 5, isMet: true },
  ]);
});

test('within a limit, its use and the refused requests are what counts', () => {
  const limited = { part: 'limited' as const, refusedShare: 0.02, allowedSharePercent: 94.9 };
  const medians = mediansOf([pulled('millrace', 1, 5_000, limited)]);
  expect(targetsOf(medians, ratiosOf(medians)).map(({ found, isMet }) => [found, isMet])).toEqual([
    [94.9, false],
    [2, false],
  ]);
});

test('both parts are measured unless one is asked for, and what is no number is refused', () => {
  expect(readOptions([]).parts).toEqual(['free', 'limited']);
  expect(readOptions(['--limit-only']).parts).toEqual(['limited']);
  expect(readOptions(['--only', 'millrace,dlt']).only).toEqual(['millrace', 'dlt']);
  expect(() => readOptions(['--pages', 'ten'])).toThrow("--pages: 'ten' received");
});

test('the definition asks for pages of the size that the vendor has', () => {
  expect(ordersPull({ rows: 100 })).toContain("last: 'pages', size: 100, sizeParam: 'per_page'");
});
