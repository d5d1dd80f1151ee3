import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import type { StreamDefinition } from '../../src/define/definition.ts';

/** A worker process with nothing but the event path. */
export interface IngestProcess {
  child: ChildProcess;
  /** What it logged so far. */
  log(): string;
  kill(signal: NodeJS.Signals): Promise<void>;
}

const SCRIPT = path.join(import.meta.dirname, 'ingest-child.ts');

export async function startIngestProcess(env: string, stream: StreamDefinition): Promise<IngestProcess> {
  const child = spawn(process.execPath, ['--import', 'tsx', SCRIPT, env], {
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let log = '';
  child.stderr.on('data', (chunk: Buffer) => (log += chunk.toString()));
  const exited = once(child, 'exit');
  child.stdin.end(JSON.stringify(stream));
  await Promise.race([
    once(child.stdout, 'data'),
    exited.then(() => Promise.reject(new Error(`the worker ended at its start: ${log}`))),
  ]);
  return {
    child,
    log: () => log,
    async kill(signal) {
      if (child.exitCode === null && child.signalCode === null) child.kill(signal);
      await exited;
    },
  };
}
