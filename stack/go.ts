import path from 'node:path';
import { processVariables } from '../src/config.ts';
import type { Report } from './cache.ts';
import { runLogged } from './run.ts';

const TIMEOUT_MS = 30 * 60_000;
const PROGRESS_MS = 15_000;

/** A program that Go compiles from its module. */
interface GoProgram {
  /** What a person reads meanwhile. */
  title: string;
  /** Its package with the version: `github.com/temporalio/cli/cmd/temporal@v1.5.1`. */
  program: string;
  /** Folder of the cache that it goes to. */
  dir: string;
  /** Name of the log beside that folder. */
  log: string;
  report: Report;
}

/** Compiles a program into a folder of the cache (some minutes), saying every 15 s that it goes on. @throws STACK_SERVER_FAILED */
export async function goInstall({ title, program, dir, log, report }: GoProgram): Promise<void> {
  const begin = Date.now();
  const progress = setInterval(() => {
    report(`  ${title}: compiling, ${Math.round((Date.now() - begin) / 1000)} s`);
  }, PROGRESS_MS);
  try {
    await runLogged('go', ['install', program], path.join(path.dirname(dir), 'log', `${log}.log`), {
      env: { ...processVariables(), GOBIN: dir },
      timeoutMs: TIMEOUT_MS,
    });
  } finally {
    clearInterval(progress);
  }
}
