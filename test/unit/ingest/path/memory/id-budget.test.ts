import { expect, test } from 'vitest';
import { idBudget } from '../../../../../src/ingest/path/memory/id-budget.ts';

const WINDOW_MS = 1_000;

test('one window may use all of the budget, and then gives up its oldest ids', () => {
  const window = idBudget(3).open('clicks/0', WINDOW_MS);
  for (const id of ['a', 'b', 'c', 'd']) window.add(id, 1);
  expect([window.holds('a', 1), window.holds('d', 1), window.size, window.evicted]).toEqual([
    false,
    true,
    3,
    1,
  ]);
});

test('several windows never hold more than the budget together, and the largest gives way', () => {
  const ids = idBudget(8);
  const windows = ['clicks/0', 'clicks/1', 'views/0', 'views/1'].map((key) => ids.open(key, WINDOW_MS));
  const [large, ...small] = windows;
  for (let at = 0; at < 20; at++) large?.add(`large${at}`, 1);
  expect(large?.size).toBe(8);
  for (let at = 0; at < 20; at++) small.forEach((window, index) => window.add(`small${index}.${at}`, 1));
  const sizes = windows.map(({ size }) => size);
  expect(sizes.reduce((sum, size) => sum + size)).toBe(8);
  expect([Math.min(...sizes), Math.max(...sizes)]).toEqual([1, 3]);
  expect(large?.holds('large19', 1)).toBe(true);
});

test('an id that comes again costs nobody an id', () => {
  const window = idBudget(2).open('clicks/0', WINDOW_MS);
  for (const id of ['a', 'b', 'a', 'b']) window.add(id, 1);
  expect([window.size, window.evicted]).toEqual([2, 0]);
});

test('a window that was closed, or replaced by one of its key, leaves its room to the others', () => {
  const ids = idBudget(4);
  const fill = (window: ReturnType<typeof ids.open>) => {
    for (let at = 0; at < 4; at++) window.add(`id${at}`, 1);
    return window;
  };
  const abandoned = fill(ids.open('clicks/0', WINDOW_MS));
  const second = fill(ids.open('clicks/0', WINDOW_MS));
  ids.close('clicks/0', abandoned);
  expect([second.size, second.evicted]).toEqual([4, 0]);
  ids.close('clicks/0', second);
  const third = fill(ids.open('clicks/1', WINDOW_MS));
  expect([third.size, third.evicted]).toEqual([4, 0]);
});
