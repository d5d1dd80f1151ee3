import { setTimeout as sleep } from 'node:timers/promises';
import { isMillraceError } from '../../src/errors.ts';
import { commitsOf, countsOf } from '../../src/store/commits.ts';
import type { LiveEnv } from '../../test/support/live-env.ts';
import { plainProducer, type PlainProducer } from '../../test/support/plain-producer.ts';
import { expectCount, type Group } from './figures.ts';

const WARM_UP = 20;
const EVENTS = 200;
const POLL_MS = 10;
const MAX_PAUSE_MS = 250;
/** The first event waits for Druid's first task. */
const PATIENCE_MS = 180_000;
const STREAM = { name: 'events', version: 1 };

export const EVENT_SETTINGS = {
  events: `${EVENTS} after ${WARM_UP} to warm up, one at a time, acks all, a random pause of up to ${MAX_PAUSE_MS} ms between two`,
  eventVisible: `counted by id in Druid SQL through the router, asked again ${POLL_MS} ms after each answer`,
  eventPath:
    'raw topic → worker (parse, validate, dedupe 1 hour; one Kafka transaction) → clean topic → Druid',
  notIncluded: "the hourly roll-over of Druid's tasks",
};

/** Sends events one at a time and waits for each until Druid counts it. Then: exactly those, once each. */
export async function eventsToDruid(
  env: LiveEnv,
  progress: (line: string) => void,
): Promise<Pick<Group, 'timed' | 'counts'>> {
  const producer = await plainProducer(env.config.kafka.brokers, env.names.rawTopic(STREAM));
  const [ackedMs, visibleMs]: [number[], number[]] = [[], []];
  try {
    for (let n = 0; n < WARM_UP + EVENTS; n++) {
      const sample = await one(env, producer, n);
      if (n === 0) progress(`the first event was visible after ${(sample.visible / 1_000).toFixed(1)} s`);
      if (n < WARM_UP) continue;
      ackedMs.push(sample.acked);
      visibleMs.push(sample.visible);
      if ((n + 1 - WARM_UP) % 50 === 0) progress(`${n + 1 - WARM_UP} of ${EVENTS} events`);
      // A steady beat would fall into step with somebody's polling.
      await sleep(Math.random() * MAX_PAUSE_MS);
    }
  } finally {
    await producer.close();
  }
  return {
    timed: [
      { what: 'acknowledged by Kafka', samplesMs: ackedMs },
      { what: 'queryable in Druid', samplesMs: visibleMs },
    ],
    counts: await exactCounts(env),
  };
}

async function one(
  env: LiveEnv,
  producer: PlainProducer,
  n: number,
): Promise<{ acked: number; visible: number }> {
  const id = `event-${n}`;
  const sql = `SELECT COUNT(*) AS n FROM "${env.names.datasource(STREAM)}" WHERE id = '${id}'`;
  const sent = performance.now();
  await producer.send([{ id, at: new Date().toISOString(), n }]);
  const acked = performance.now() - sent;
  while ((await countOf(env, sql)) === 0) {
    if (performance.now() - sent > PATIENCE_MS) throw new Error(`${id} did not reach Druid: ${sql}`);
    await sleep(POLL_MS);
  }
  return { acked, visible: performance.now() - sent };
}

/** Before its first event the datasource does not exist, and asking for it is an error. */
async function countOf(env: LiveEnv, sql: string): Promise<number> {
  try {
    const [row] = await env.druid.rows(sql);
    return Number(row?.['n']);
  } catch (error) {
    if (isMillraceError(error) && error.code === 'DRUID_QUERY_INVALID') return 0;
    throw error;
  }
}

async function exactCounts({ druid, kafka, names }: LiveEnv): Promise<Record<string, number>> {
  const [rows] = await druid.rows(
    `SELECT COUNT(*) AS n, COUNT(DISTINCT id) AS ids FROM "${names.datasource(STREAM)}"`,
  );
  const committed = countsOf((await commitsOf({ kafka, names }, STREAM)).values());
  const counts = {
    raw: committed.raw,
    clean: committed.clean,
    druidRows: Number(rows?.['n']),
    druidIds: Number(rows?.['ids']),
  };
  for (const [what, count] of Object.entries(counts)) expectCount(what, count, WARM_UP + EVENTS);
  return counts;
}
