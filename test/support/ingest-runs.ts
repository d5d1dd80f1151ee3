import type { Message } from 'kafkajs';
import { connectMariaDb } from '../../src/clients/mariadb.ts';
import type { StreamDefinition } from '../../src/definition/definition.ts';
import { type AppliedStream, type Ingest, startIngest } from '../../src/ingest/index.ts';
import { marksIn } from '../../src/store/marks/writer.ts';
import { CLICKS } from './clicks.ts';
import { type IngestEnv, openIngestEnv } from './ingest-env.ts';

/** An env of its own, and a worker's event path that can be started there again and again. */
export interface IngestRuns {
  env: IngestEnv;
  start(options?: StartOptions): Promise<IngestRun>;
  /** Warnings and errors so far, with their fields. */
  news: { message: string; [field: string]: unknown }[];
}

export interface IngestRun {
  ingest: Ingest;
  stop(): Promise<void>;
}

interface StartOptions {
  mariadb?: IngestEnv['config']['mariadb'];
  streams?: () => Promise<AppliedStream[]>;
}

const open: { env: IngestEnv; running: Set<IngestRun> }[] = [];

export async function ingestRuns(test: string, stream: StreamDefinition = CLICKS): Promise<IngestRuns> {
  const env = await openIngestEnv(test, stream);
  const running = new Set<IngestRun>();
  open.push({ env, running });
  const news: IngestRuns['news'] = [];
  const note = (fields: object, message: string) => void news.push({ ...fields, message });
  return {
    env,
    news,
    async start({
      mariadb = env.config.mariadb,
      streams = async () => [{ definition: stream, hash: 'one' }],
    } = {}) {
      const db = connectMariaDb(mariadb, mariadb.worker);
      const ingest = await startIngest({
        kafka: env.kafka,
        names: env.names,
        marks: marksIn(db, env.names),
        streams,
        log: { info: () => undefined, warn: note, error: note },
      });
      const run: IngestRun = {
        ingest,
        async stop() {
          running.delete(run);
          await ingest.stop();
          await db.close();
        },
      };
      running.add(run);
      return run;
    },
  };
}

/** Stops what runs and drops every env of this file: for `afterEach`. */
export async function endIngestRuns(): Promise<void> {
  for (const { env, running } of open.splice(0)) {
    for (const run of running) await run.stop();
    await env.drop();
  }
}

/** A good event. */
export function event(
  id: string,
  partition = 0,
  at = new Date().toISOString(),
): Message & { partition: number } {
  return { partition, key: id, value: JSON.stringify({ id, at, page: '/', ms: null }) };
}
