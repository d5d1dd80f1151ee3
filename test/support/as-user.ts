import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { findProgram } from '../../stack/debian.ts';
import type { Overrides } from '../../src/config.ts';
import { PACKAGE_DIR } from '../../src/package.ts';

export interface Finished {
  code: number | null;
  stdout: string;
  stderr: string;
}

export interface Running {
  child: ChildProcess;
  finished: Promise<Finished>;
}

/** Runs a program as a person at a shell would, in the clone unless told. */
export function startProgram(
  command: string,
  args: readonly string[],
  variables: Overrides = {},
  cwd = PACKAGE_DIR,
): Running {
  const child = spawn(command, args, {
    cwd,
    env: { ...process.env, ...variables },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const finished = once(child, 'close').then(([code]) => ({ code: code as number | null, stdout, stderr }));
  return { child, finished };
}

/**
 * As variables to be left out: what the npm that runs the tests hands on. Another npm, and what it starts, would take
 * the folder of that one for its own.
 */
export function outsideNpm(): Record<string, undefined> {
  const names = Object.keys(process.env).filter((name) => /^npm_|^INIT_CWD$|^NODE_ENV$/i.test(name));
  return Object.fromEntries(names.map((name) => [name, undefined]));
}

export function millrace(args: readonly string[], variables: Overrides = {}): Promise<Finished> {
  return startProgram(process.execPath, [path.join(PACKAGE_DIR, 'bin', 'millrace.mjs'), ...args], variables)
    .finished;
}

/** What `npm start` runs. */
export function npmStart(variables: Overrides = {}): Running {
  return startProgram(process.execPath, [path.join(PACKAGE_DIR, 'bin', 'start.mjs')], variables);
}

/** A program that Debian or the stack installed, by name. @throws when it is not there: an absent tool fails the test */
export function tool(name: string): string {
  const found = findProgram(name);
  if (found === undefined) throw new Error(`${name} is not on PATH: the stack installs it`);
  return found;
}
