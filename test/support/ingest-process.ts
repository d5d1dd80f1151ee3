import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import type { StreamDefinition } from '../../src/definition/definition.ts';
import { type Child, followed } from './child.ts';

const SCRIPT = path.join(import.meta.dirname, 'ingest-child.ts');

/** Starts a worker process with nothing but the event path. */
export async function startIngestProcess(env: string, stream: StreamDefinition): Promise<Child> {
  const child = spawn(process.execPath, ['--import', 'tsx', SCRIPT, env], {
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const worker = followed(child);
  child.stdin.end(JSON.stringify(stream));
  await Promise.race([
    once(child.stdout, 'data'),
    once(child, 'exit').then(() =>
      Promise.reject(new Error(`the worker ended at its start: ${worker.log()}`)),
    ),
  ]);
  return worker;
}
