import { execFile } from 'node:child_process';
import { performance } from 'node:perf_hooks';
import { promisify } from 'node:util';

/** One run of a program. */
export interface Timed {
  wallMs: number;
  /** Processor time of the process and its threads, user and system. */
  cpuMs: number;
  stdout: string;
}

const run = promisify(execFile);

/** Runs a program and measures it as a shell would. @throws where it fails */
export async function timed(command: readonly string[], cwd: string): Promise<Timed> {
  const began = performance.now();
  // Bash reads the processor time of a child that has ended; Node has no such call.
  const { stdout, stderr } = await run('bash', ['-c', 'TIMEFORMAT="%U %S"; time "$@"', 'bash', ...command], {
    cwd,
    maxBuffer: 64 * 2 ** 20,
  });
  const wallMs = performance.now() - began;
  const [user = 0, system = 0] = (stderr.trim().split('\n').at(-1) ?? '').split(' ').map(Number);
  return { wallMs, cpuMs: 1_000 * (user + system), stdout };
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  const [low = 0, high = 0] = [sorted[Math.ceil(middle) - 1], sorted[Math.floor(middle)]];
  return Math.round((low + high) / 2);
}
