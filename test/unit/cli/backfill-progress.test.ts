import { expect, it } from 'vitest';
import { progressText } from '../../../src/cli/backfill-progress.ts';

const seen = (atMs: number, loaded: number, more: { total?: number | null; failed?: number } = {}) => ({
  ...{ atMs, loaded, rows: loaded * 24, failed: 0, firstFailures: [], total: 744 },
  ...more,
});

it.each([
  ['before the intervals are listed', [seen(0, 0, { total: null })], 'listing the intervals'],
  ['at the first look', [seen(0, 4)], '4 of 744 intervals, 96 rows'],
  ['later', [seen(0, 4), seen(10_000, 44)], '44 of 744 intervals, 4.0/s, 3 min left, 1056 rows'],
  [
    'by the newest looks alone',
    [seen(90_000, 344), seen(100_000, 544, { failed: 2 })],
    '546 of 744 intervals, 20.2/s, 10 s left, 13056 rows, 2 failed',
  ],
  ['where nothing moves', [seen(0, 4), seen(10_000, 4)], '4 of 744 intervals, 0/s, 96 rows'],
])('how far a backfill is: %s', (_when, looks, text) => {
  expect(progressText(looks, { bar: false })).toBe(text);
});

it('on a terminal a bar shows the share that is done', () => {
  expect(progressText([seen(0, 372)], { bar: true })).toBe(
    '████████░░░░░░░░  372 of 744 intervals, 8928 rows',
  );
  expect(progressText([seen(0, 0, { total: 0 })], { bar: true })).toMatch(/^█{16} {2}0 of 0 intervals/);
});
