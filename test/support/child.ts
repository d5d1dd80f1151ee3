import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';

/** A process that a test has started, and what it has logged to stderr so far. */
export interface Child {
  child: ChildProcess;
  log(): string;
  /** Sends the signal, unless it has ended by itself, and waits for the end. @returns the exit code; null after a kill */
  kill(signal: NodeJS.Signals): Promise<number | null>;
}

/** To be called at once after the spawn, so that nothing is missed. */
export function followed(child: ChildProcess): Child {
  let log = '';
  child.stderr?.on('data', (chunk: Buffer) => (log += chunk.toString()));
  const exited = once(child, 'exit');
  // A child that could not be spawned has no exit; `kill` then says why.
  exited.catch(() => undefined);
  return {
    child,
    log: () => log,
    async kill(signal) {
      if (child.exitCode === null && child.signalCode === null) child.kill(signal);
      await exited;
      return child.exitCode;
    },
  };
}
