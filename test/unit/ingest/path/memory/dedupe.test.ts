import { expect, test } from 'vitest';
import { dedupeWindow } from '../../../../../src/ingest/path/memory/dedupe.ts';

test.each([
  ['an id that arrived within the window is held', 1_000, 1_000, true],
  ['an id at the very edge of the window is held', 1_000, 2_000, true],
  ['an id that left the window is not held, pruned or not', 1_000, 2_001, false],
])('%s', (_name, arrivalMs, newestMs, isHeld) => {
  const window = dedupeWindow(1_000);
  window.add('a', arrivalMs);
  expect(window.holds('a', newestMs)).toBe(isHeld);
  window.prune(newestMs);
  expect(window.holds('a', newestMs)).toBe(isHeld);
});

test('pruning forgets what left the window and keeps the rest', () => {
  const window = dedupeWindow(10);
  for (let at = 0; at < 100; at++) window.add(`id${at}`, at);
  window.prune(99);
  expect(window.size).toBe(11);
});

test('an id that comes again after the window is held from its new arrival on', () => {
  const window = dedupeWindow(10);
  window.add('a', 0);
  window.add('b', 5);
  window.add('a', 20);
  window.prune(20);
  expect([window.holds('a', 30), window.holds('b', 20), window.size]).toEqual([true, false, 1]);
});

test('a window of 0 holds nothing', () => {
  const window = dedupeWindow(0);
  window.add('a', 5);
  expect([window.holds('a', 5), window.covers(5, 5), window.size]).toEqual([false, false, 0]);
});

test('a window asked for its oldest gives them up in turn, and counts them', () => {
  const window = dedupeWindow(1_000);
  for (const [at, id] of ['a', 'b', 'c', 'a', 'd'].entries()) window.add(id, at);
  window.dropOldest();
  window.dropOldest();
  const held = ['a', 'b', 'c', 'd'].filter((id) => window.holds(id, 4));
  expect([held, window.size, window.evicted]).toEqual([['a', 'd'], 2, 2]);
});

test('a window that was emptied gives up nothing, and goes on', () => {
  const window = dedupeWindow(10);
  window.dropOldest();
  window.add('a', 0);
  window.prune(100);
  window.dropOldest();
  window.add('b', 100);
  window.dropOldest();
  expect([window.holds('b', 100), window.size, window.evicted]).toEqual([false, 0, 1]);
});
