import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { cacheDir, ensureCached, isComplete } from '../../../stack/cache.ts';
import type { CacheEntry } from '../../../stack/cache.ts';
import { withLock } from '../../../stack/lock.ts';
import { waitUntil } from '../../support/wait-until.ts';

let cache: string;
beforeEach(() => {
  cache = mkdtempSync(path.join(tmpdir(), 'millrace-cache-'));
});
afterEach(() => rmSync(cache, { recursive: true }));

const silent = () => undefined;

function entry(fetch: CacheEntry['fetch']): CacheEntry {
  return { name: 'server-1.0', title: 'server 1.0', fetch };
}

test('an entry is fetched once, however many ask at the same time', async () => {
  let fetches = 0;
  const jars = entry(async (dir) => {
    fetches += 1;
    writeFileSync(path.join(dir, 'a.jar'), 'content');
  });
  const dirs = await Promise.all([1, 2, 3].map(() => ensureCached(cache, jars, silent)));
  expect([fetches, new Set(dirs).size]).toEqual([1, 1]);
});

test('a fetch that was interrupted is repeated', async () => {
  let fetches = 0;
  const jars = entry(async (dir) => {
    fetches += 1;
    writeFileSync(path.join(dir, 'a.jar'), 'half');
    if (fetches === 1) throw new Error('the line broke');
    writeFileSync(path.join(dir, 'a.jar'), 'whole');
  });
  await expect(ensureCached(cache, jars, silent)).rejects.toThrow('the line broke');
  expect(isComplete(path.join(cache, 'server-1.0'))).toBe(false);
  expect(isComplete(await ensureCached(cache, jars, silent))).toBe(true);
});

test.each([
  ['a file that vanished', (dir: string) => rmSync(path.join(dir, 'a.jar'))],
  ['a file that was cut', (dir: string) => writeFileSync(path.join(dir, 'a.jar'), 'con')],
])('%s makes an entry incomplete', async (_, damage) => {
  const jars = entry(async (dir) => writeFileSync(path.join(dir, 'a.jar'), 'content'));
  const dir = await ensureCached(cache, jars, silent);
  damage(dir);
  expect(isComplete(dir)).toBe(false);
  await ensureCached(cache, jars, silent);
  expect(isComplete(dir)).toBe(true);
});

test('the lock of a process that is gone is taken over', async () => {
  const child = spawn(process.execPath, ['-e', '']);
  await once(child, 'exit');
  const file = path.join(cache, 'lock');
  writeFileSync(file, JSON.stringify({ pid: child.pid }));
  expect(await withLock(file, async () => 'done')).toBe('done');
  expect(existsSync(file)).toBe(false);
});

test('a lock whose pid was recycled is taken over', async () => {
  const file = path.join(cache, 'lock');
  writeFileSync(file, JSON.stringify({ pid: process.pid, identity: 'an earlier process' }));
  expect(await withLock(file, async () => 'done')).toBe('done');
});

test('whoever waits for a lock is told who holds it', async () => {
  const file = path.join(cache, 'lock');
  const told: number[] = [];
  const order: string[] = [];
  const first = withLock(file, async () => {
    await waitUntil(() => told.length > 0, { timeoutMs: 2_000 });
    order.push('first');
  });
  const second = withLock(file, async () => order.push('second'), { onWait: (pid) => told.push(pid) });
  await Promise.all([first, second]);
  expect([told, order]).toEqual([[process.pid], ['first', 'second']]);
});

test('downloads lie in the cache folder that the user names, else in ~/.cache', () => {
  expect(cacheDir({ XDG_CACHE_HOME: '/mine' })).toBe('/mine/millrace');
  expect(cacheDir({})).toMatch(/\.cache\/millrace$/);
});
