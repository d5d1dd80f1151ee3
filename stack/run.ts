import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, openSync, statSync } from 'node:fs';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { MillraceError, messageOf } from '../src/errors.ts';
import { tailOf } from './process.ts';

export interface RunOptions {
  env: Record<string, string | undefined>;
  cwd?: string;
  timeoutMs: number;
}

/** Runs a set-up command to its end, its output appended to a log. */
export async function runLogged(
  command: string,
  args: readonly string[],
  logFile: string,
  options: RunOptions,
): Promise<void> {
  mkdirSync(path.dirname(logFile), { recursive: true });
  const log = openSync(logFile, 'a');
  const logStart = statSync(logFile).size;
  try {
    const child = spawn(command, args, {
      cwd: options.cwd,
      env: options.env,
      timeout: options.timeoutMs,
      stdio: ['ignore', log, log],
    });
    const [code, signal] = (await once(child, 'exit')) as [number | null, string | null];
    if (code !== 0) throw new Error(code === null ? `it was ended by ${signal}` : `exit code ${code}`);
  } catch (error) {
    const tail = tailOf(logFile, 20, logStart).replace(/^/gm, '  ');
    throw new MillraceError(
      'STACK_SERVER_FAILED',
      `\`${[path.basename(command), ...args].join(' ').slice(0, 200)}\` failed (${messageOf(error)}). Its last lines:\n${tail}\nThe whole log: ${logFile}`,
      { cause: error, context: { logFile } },
    );
  } finally {
    closeSync(log);
  }
}

/** Runs a short command and returns what it printed; throws when it fails. */
export async function capture(
  command: string,
  args: readonly string[],
  options: RunOptions,
): Promise<string> {
  const child = spawn(command, args, {
    cwd: options.cwd,
    env: options.env,
    timeout: options.timeoutMs,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [[code], stdout, stderr] = await Promise.all([
    once(child, 'close') as Promise<[number | null]>,
    text(child.stdout),
    text(child.stderr),
  ]);
  if (code !== 0)
    throw new Error(`${path.basename(command)} ${args[0] ?? ''}: exit ${code}: ${stderr.trim()}`);
  return stdout;
}
