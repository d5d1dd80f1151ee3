import { expect, test } from 'vitest';
import { ahead } from '../../../../src/sources/http/ahead.ts';

test('work that is taken without having been begun gives up what was begun in place of it', async () => {
  const over: Record<string, AbortSignal> = {};
  const dropped: string[] = [];
  const work = ahead(
    2,
    async (key, signal) => {
      over[key] = signal;
      return key;
    },
    (key) => dropped.push(key),
  );
  expect(['b', 'c', 'd', 'b'].map((key) => work.begin(key))).toEqual([true, true, false, true]);
  expect(await work.take('b')).toBe('b');
  expect(work.begin('d')).toBe(true);
  expect(await work.take('x')).toBe('x');
  expect(Object.entries(over).map(([key, signal]) => [key, signal.aborted])).toEqual([
    ['b', true],
    ['c', true],
    ['d', true],
    ['x', false],
  ]);
  expect(dropped).toEqual(['c', 'd']);
});

test('a failure of work that nobody takes is nobody\u2019s', async () => {
  const work = ahead(
    1,
    async () => Promise.reject(new Error('beyond the end')),
    () => undefined,
  );
  work.begin('b');
  await new Promise(setImmediate);
  await expect(work.take('b')).rejects.toThrow('beyond the end');
  work.begin('c');
  work.drop();
});
