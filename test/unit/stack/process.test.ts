import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { findProcess, groupMembers } from '../../../stack/process-table.ts';
import {
  processStatus,
  startedProcesses,
  startProcess,
  stopProcess,
  tailOf,
} from '../../../stack/process.ts';
import type { ProcessSpec } from '../../../stack/process.ts';
import { waitUntil } from '../../support/wait-until.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(path.join(tmpdir(), 'millrace-process-'));
});
afterEach(async () => {
  for (const name of startedProcesses(dir)) await stopProcess(dir, name, 100);
  rmSync(dir, { recursive: true });
});

/** A shell program that says it is ready by a file. */
function program(script: string, more: Partial<ProcessSpec> = {}): ProcessSpec {
  return {
    name: 'sample',
    command: '/bin/sh',
    args: ['-c', script],
    env: { PATH: process.env['PATH'] },
    cwd: dir,
    logFile: path.join(dir, 'sample.log'),
    ready: async () => existsSync(path.join(dir, 'ready')),
    timeoutMs: 5_000,
    ...more,
  };
}
const SERVER = 'echo up; touch ready; exec sleep 60';

test('a started program is up, and starting it again leaves it alone', async () => {
  expect((await startProcess(dir, program(SERVER, { address: '127.0.0.1:1' }))).started).toBe(true);
  const first = processStatus(dir, 'sample');
  expect(first).toMatchObject({ state: 'up', address: '127.0.0.1:1' });
  // A program that is just being replaced by `exec` has no memory for a moment.
  const rssBytes = () => processStatus(dir, 'sample').rssBytes ?? 0;
  await waitUntil(() => rssBytes() > 0, { timeoutMs: 2_000, saw: rssBytes });

  expect((await startProcess(dir, program(SERVER))).started).toBe(false);
  expect(processStatus(dir, 'sample').pid).toBe(first.pid);
  expect(readFileSync(path.join(dir, 'sample.log'), 'utf8')).toBe('up\n');
});

test('a killed program is shown as dead and comes back when it is started again', async () => {
  await startProcess(dir, program(SERVER));
  const { pid = 0 } = processStatus(dir, 'sample');
  process.kill(pid, 'SIGKILL');
  await waitUntil(async () => processStatus(dir, 'sample').state === 'dead', { timeoutMs: 2_000 });

  expect((await startProcess(dir, program(SERVER))).started).toBe(true);
  expect(processStatus(dir, 'sample').pid).not.toBe(pid);
});

test('stopping a program ends its children too, and one that ignores SIGTERM is killed', async () => {
  await startProcess(dir, program(`trap '' TERM; sleep 60 & touch ready; while :; do wait; done`));
  const { pid = 0 } = processStatus(dir, 'sample');
  await waitUntil(async () => groupMembers(pid).length === 2, { timeoutMs: 2_000 });

  expect(await stopProcess(dir, 'sample', 100)).toBe(true);
  expect(groupMembers(pid)).toEqual([]);
  expect(processStatus(dir, 'sample')).toEqual({ name: 'sample', state: 'down' });
});

test('a process that got the pid of a dead program is never taken for it, nor stopped', async () => {
  const record = { pid: process.pid, identity: 'another start', since: '2026-01-01T00:00:00Z', logFile: 'x' };
  writeFileSync(path.join(dir, 'sample.json'), JSON.stringify(record));
  expect(processStatus(dir, 'sample').state).toBe('dead');
  expect(await stopProcess(dir, 'sample')).toBe(false);
  expect(findProcess(process.pid)?.pid).toBe(process.pid);
});

test('a program that ends before it is ready fails with its own last lines and the path of its log', async () => {
  writeFileSync(path.join(dir, 'sample.log'), 'from an earlier start\n');
  const failed = startProcess(dir, program('for i in $(seq 30); do echo line $i; done; exit 3'));
  const error = await failed.then(
    () => undefined,
    (reason: unknown) => reason as Error & { code: string },
  );
  expect(error?.code).toBe('STACK_SERVER_FAILED');
  expect(error?.message).toContain(path.join(dir, 'sample.log'));
  expect(error?.message.match(/^ {2}line \d+$/gm)).toHaveLength(20);
  expect(error?.message).not.toContain('earlier start');
});

test('a program that does not become ready in time is stopped', async () => {
  const slow = program('exec sleep 60', { timeoutMs: 200 });
  await expect(startProcess(dir, slow)).rejects.toThrow(/was not ready after/);
  expect(processStatus(dir, 'sample').state).toBe('down');
});

test('a question for readiness that is never answered does not outlast the time limit', async () => {
  const mute = program('exec sleep 60', {
    timeoutMs: 200,
    ready: () => new Promise<boolean>(() => undefined),
  });
  await expect(startProcess(dir, mute)).rejects.toThrow(/was not ready after/);
});

test('a command that does not exist fails by name', async () => {
  const missing = program('', { command: '/nonexistent/program' });
  await expect(startProcess(dir, missing)).rejects.toThrow(/sample could not be started.*ENOENT/);
});

test('the tail of a log is its last lines', () => {
  const file = path.join(dir, 'tail.log');
  writeFileSync(file, 'a\nb\nc\n');
  expect([tailOf(file, 2), tailOf(file, 2, 4), tailOf(`${file}.none`)]).toEqual(['b\nc', 'c', '']);
});
