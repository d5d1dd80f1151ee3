import { expect, it } from 'vitest';
import { repeatedIds } from '../../../../src/balance/books/repeated-ids.ts';

const noted = (windowMs: number, arrivals: [id: string, arrivalMs: number][], maxIds?: number) => {
  const ids = repeatedIds(windowMs, maxIds);
  arrivals.forEach(([id, arrivalMs], offset) => ids.note(id, String(offset), arrivalMs));
  return ids;
};

it('an id that comes again within the window is counted, and the first named with both offsets', () => {
  const ids = noted(100, [
    ['a', 0],
    ['b', 10],
    ['a', 100],
    ['b', 105],
  ]);
  expect(ids.count).toBe(2);
  expect(ids.example).toEqual({ id: 'a', first: '0', again: '2' });
});

it('an id that comes again later than that is a new event', () => {
  expect(
    noted(100, [
      ['a', 0],
      ['b', 101],
      ['a', 101],
    ]).count,
  ).toBe(0);
});

it('a stream that removes no duplicates has none', () => {
  expect(
    noted(0, [
      ['a', 0],
      ['a', 0],
    ]).count,
  ).toBe(0);
});

it('with more ids than there is room for, the oldest are forgotten, and that is counted', () => {
  const ids = noted(
    1_000,
    [
      ['a', 0],
      ['b', 1],
      ['c', 2],
      ['a', 3],
      ['c', 4],
    ],
    2,
  );
  expect([ids.count, ids.forgotten]).toEqual([1, 2]);
});

it('200,000 ids that left the window cost no time to forget', () => {
  const ids = repeatedIds(10);
  for (let n = 0; n < 200_000; n++) ids.note(`e${n}`, String(n), n);
  expect([ids.count, ids.forgotten]).toEqual([0, 0]);
});
