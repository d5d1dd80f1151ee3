import { expect, it } from 'vitest';
import type { CleanPartition } from '../../../src/balance/books/clean-partition.ts';
import { exactFromOf } from '../../../src/balance/exact-from.ts';

const book = (...partitions: [low: bigint, firstArrivalMs: number | undefined][]) => ({
  lows: new Map(partitions.map(([low], index) => [index, low] as const)),
  partitions: new Map(
    partitions.map(([, firstArrivalMs], index) => [index, { firstArrivalMs } as CleanPartition] as const),
  ),
});

it('a clean topic from which nothing was removed is exact for all time', () => {
  expect(exactFromOf(book([0n, 5], [0n, undefined]))).toBeUndefined();
});

it('else it is exact from an hour after the oldest arrival of the partition that lost most', () => {
  expect(exactFromOf(book([0n, 9], [3n, 5_000], [1n, 1_000]))).toBe(3_605_000);
});

it('a partition that retention has emptied is exact for no time', () => {
  expect(exactFromOf(book([3n, undefined]))).toBe(Infinity);
});
