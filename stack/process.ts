import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { MillraceError, messageOf } from '../src/errors.ts';
import { findProcess, groupMembers } from './process-table.ts';

/** A program that runs in the background, survives the command line and is found again by its name. */
export interface ProcessSpec {
  name: string;
  command: string;
  args: readonly string[];
  /** The whole environment of the child: nothing is inherited. */
  env: Record<string, string | undefined>;
  cwd: string;
  /** Gets stdout and stderr, appended. */
  logFile: string;
  /** Is it ready for work? A throw means "not yet". */
  ready: () => Promise<boolean>;
  /** How long it may take to become ready. */
  timeoutMs: number;
  /** Shown by `stack status`. */
  address?: string;
}

export type ProcessState = 'up' | 'dead' | 'down';

export interface ProcessStatus {
  name: string;
  /** `dead`: it was started, was not stopped by us, and is gone. */
  state: ProcessState;
  pid?: number;
  address?: string;
  /** Resident memory of the process and its children. */
  rssBytes?: number;
  /** When it was started, ISO. */
  since?: string;
  logFile?: string;
}

interface RunRecord {
  pid: number;
  identity: string;
  since: string;
  logFile: string;
  address?: string;
}

const POLL_MS = 100;
const READY_LIMIT_MS = 15_000;
const LOG_LIMIT_BYTES = 20_000_000;
const TAIL_LINES = 20;

/**
 * Starts a program unless it runs already, and waits until it is ready.
 *
 * @param runDir where the record of what runs is kept
 * @returns started: false when it was already running
 * @throws STACK_SERVER_FAILED with the end of the log when it ends or does not become ready in time
 */
export async function startProcess(
  runDir: string,
  spec: ProcessSpec,
): Promise<{ started: boolean; ms: number }> {
  const begin = Date.now();
  const running = processStatus(runDir, spec.name).state === 'up';
  const logStart = running ? 0 : await launch(runDir, spec);
  for (;;) {
    if (await isReady(spec)) return { started: !running, ms: Date.now() - begin };
    if (processStatus(runDir, spec.name).state !== 'up')
      throw failed(spec, 'ended before it was ready', logStart);
    if (Date.now() - begin > spec.timeoutMs) {
      if (!running) await stopProcess(runDir, spec.name);
      throw failed(spec, `was not ready after ${Math.round(spec.timeoutMs / 1000)} s`, logStart);
    }
    await delay(POLL_MS);
  }
}

/** Is it running? Never mistakes a recycled pid for it. */
export function processStatus(runDir: string, name: string): ProcessStatus {
  const record = readRecord(runDir, name);
  if (record === undefined) return { name, state: 'down' };
  const alive = isSame(record);
  return {
    name,
    state: alive ? 'up' : 'dead',
    logFile: record.logFile,
    ...(record.address === undefined ? {} : { address: record.address }),
    ...(alive
      ? {
          pid: record.pid,
          since: record.since,
          rssBytes: groupMembers(record.pid).reduce((sum, row) => sum + row.rssBytes, 0),
        }
      : {}),
  };
}

/** Names of all programs that were started and not stopped, dead ones included. */
export function startedProcesses(runDir: string): string[] {
  if (!existsSync(runDir)) return [];
  return readdirSync(runDir)
    .filter((file) => file.endsWith('.json'))
    .map((file) => path.basename(file, '.json'))
    .sort();
}

/**
 * Stops a program that `startProcess` started, with its children: SIGTERM, then SIGKILL after `graceMs`.
 * Returns whether it was running.
 */
export async function stopProcess(runDir: string, name: string, graceMs = 20_000): Promise<boolean> {
  const record = readRecord(runDir, name);
  if (record === undefined) return false;
  const running = isSame(record);
  if (running) {
    signal(record.pid, 'SIGTERM');
    const deadline = Date.now() + graceMs;
    while (isSame(record) && Date.now() < deadline) await delay(POLL_MS / 2);
  }
  await killGroup(record);
  rmSync(recordFile(runDir, name), { force: true });
  return running;
}

/** The last lines of a log file, or of the part of it after `fromByte`. */
export function tailOf(logFile: string, lines = TAIL_LINES, fromByte = 0): string {
  if (!existsSync(logFile)) return '';
  const text = readFileSync(logFile).subarray(fromByte).toString('utf8').trimEnd();
  return text.split('\n').slice(-lines).join('\n');
}

/** Returns the size of the log before the program wrote to it. */
async function launch(runDir: string, spec: ProcessSpec): Promise<number> {
  const left = readRecord(runDir, spec.name);
  if (left !== undefined) await killGroup(left);
  mkdirSync(runDir, { recursive: true });
  mkdirSync(path.dirname(spec.logFile), { recursive: true });
  rotate(spec.logFile);
  const log = openSync(spec.logFile, 'a');
  const logStart = statSync(spec.logFile).size;
  const { command, args, cwd, env } = spec;
  try {
    const child = spawn(command, args, { cwd, env, detached: true, stdio: ['ignore', log, log] });
    await once(child, 'spawn');
    child.unref();
    const pid = child.pid ?? 0;
    const record: RunRecord = {
      pid,
      identity: findProcess(pid)?.identity ?? '',
      since: new Date().toISOString(),
      logFile: spec.logFile,
      ...(spec.address === undefined ? {} : { address: spec.address }),
    };
    writeFileSync(recordFile(runDir, spec.name), `${JSON.stringify(record, null, 2)}\n`);
  } catch (error) {
    throw failed(spec, `could not be started (${messageOf(error)})`, logStart);
  } finally {
    closeSync(log);
  }
  return logStart;
}

/** A question that is never answered must not hold up the start: it counts as "not yet". */
async function isReady(spec: ProcessSpec): Promise<boolean> {
  const answered = new AbortController();
  try {
    return await Promise.race([
      spec.ready(),
      delay(Math.min(READY_LIMIT_MS, spec.timeoutMs), false, { signal: answered.signal }),
    ]);
  } catch {
    return false;
  } finally {
    answered.abort();
  }
}

function failed(spec: ProcessSpec, what: string, logStart: number): MillraceError {
  const tail = tailOf(spec.logFile, TAIL_LINES, logStart);
  const shown = tail === '' ? '  (it wrote nothing)' : tail.replace(/^/gm, '  ');
  return new MillraceError(
    'STACK_SERVER_FAILED',
    `${spec.name} ${what}. Its last lines:\n${shown}\nThe whole log: ${spec.logFile}`,
    { context: { server: spec.name, logFile: spec.logFile } },
  );
}

function recordFile(runDir: string, name: string): string {
  return path.join(runDir, `${name}.json`);
}

function readRecord(runDir: string, name: string): RunRecord | undefined {
  try {
    return JSON.parse(readFileSync(recordFile(runDir, name), 'utf8')) as RunRecord;
  } catch {
    return undefined;
  }
}

function isSame(record: RunRecord): boolean {
  return findProcess(record.pid)?.identity === record.identity;
}

/**
 * Ends what is left of a program's group. Its number cannot be recycled while a member lives, so these are its
 * children, unless the leader's pid is in other hands: then the group is somebody else's.
 */
async function killGroup(record: RunRecord): Promise<void> {
  const leader = findProcess(record.pid);
  if (leader !== undefined && leader.identity !== record.identity) return;
  while (groupMembers(record.pid).length > 0) {
    signal(-record.pid, 'SIGKILL');
    await delay(POLL_MS / 2);
  }
}

function signal(pid: number, name: 'SIGTERM' | 'SIGKILL'): void {
  try {
    process.kill(pid, name);
  } catch {
    // Gone in the meantime.
  }
}

/** Keeps one older log beside the current one. */
function rotate(logFile: string): void {
  if (existsSync(logFile) && statSync(logFile).size > LOG_LIMIT_BYTES) renameSync(logFile, `${logFile}.1`);
}
