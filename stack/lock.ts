import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { findProcess } from './process-table.ts';

export interface LockOptions {
  /** Called when we begin to wait for another process, and every 15 s while we do. */
  onWait?: (holder: number, waitedMs: number) => void;
}

const POLL_MS = 200;
const REPORT_MS = 15_000;

/**
 * Runs `work` while holding a lock file: one process of this machine at a time. A lock whose holder is gone
 * (killed in the middle) is taken over.
 */
export async function withLock<T>(
  file: string,
  work: () => Promise<T>,
  options: LockOptions = {},
): Promise<T> {
  mkdirSync(path.dirname(file), { recursive: true });
  const begin = Date.now();
  let nextReport = begin;
  while (!acquire(file)) {
    const holder = readHolder(file);
    if (holder === undefined || !isAlive(holder)) {
      breakLock(file);
      continue;
    }
    if (Date.now() >= nextReport) {
      options.onWait?.(holder.pid, Date.now() - begin);
      nextReport += REPORT_MS;
    }
    await delay(POLL_MS);
  }
  try {
    return await work();
  } finally {
    rmSync(file, { force: true });
  }
}

/** What stands in a lock file. `bin/bootstrap.mjs` writes one too, without the identity. */
interface Holder {
  pid: number;
  identity?: string;
}

/** A link appears with its whole content or not at all, and fails where the name exists. */
function acquire(file: string): boolean {
  const draft = `${file}.${process.pid}`;
  const holder: Holder = { pid: process.pid, identity: findProcess(process.pid)?.identity ?? '' };
  writeFileSync(draft, JSON.stringify(holder));
  try {
    linkSync(draft, file);
    return true;
  } catch {
    return false;
  } finally {
    rmSync(draft, { force: true });
  }
}

function readHolder(file: string): Holder | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Holder;
  } catch {
    return undefined;
  }
}

function isAlive(holder: Holder): boolean {
  const row = findProcess(holder.pid);
  return row !== undefined && (holder.identity === undefined || holder.identity === row.identity);
}

/** Moved away first: of two that break the same lock, one finds nothing to move. */
function breakLock(file: string): void {
  const stale = `${file}.stale.${process.pid}`;
  try {
    renameSync(file, stale);
    const moved = readHolder(stale);
    // Somebody broke and took the lock between our look and our move: give it back.
    if (moved !== undefined && isAlive(moved)) linkSync(stale, file);
  } catch {
    // Gone already.
  } finally {
    rmSync(stale, { force: true });
  }
}
