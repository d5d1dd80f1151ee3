import { Kafka, logLevel } from 'kafkajs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readStatus } from '../../src/cli/status/read-status.ts';
import { ORDERS } from '../support/definitions.ts';
import { liveEnv, type LiveEnv } from '../support/live-env.ts';
import { pendingFailure } from '../support/pending-failure.ts';
import { plainProducer } from '../support/plain-producer.ts';
import { waitUntil } from '../support/wait-until.ts';

const HOUR = '2026-01-05T07:00:00Z';
/** Druid's parser takes nine digits of a second at most. */
const UNREADABLE = '{"id":"x","at":"2026-01-05T07:00:00.1234567890Z","shop":"north","cents":1}';
const SAID = 'Timestamp[2026-01-05T07:00:00.1234567890Z] is unparseable!';

let env: LiveEnv;
let datasource: string;

beforeAll(async () => {
  env = await liveEnv('druid poison', { 'orders.ts': ORDERS });
  datasource = env.names.datasource({ name: 'orders', version: 1 });
  await env.apply();
  await env.worker({ roles: 'live,ingest' });
});

afterAll(() => env.close());

const problems = async () => (await readStatus({ ...env.config, homeDir: env.folder() })).problems.join('\n');

/** Writes past millrace, into every partition of the clean topic. @returns the offset behind it, by partition */
async function poison(): Promise<Record<string, number>> {
  const topic = env.names.cleanTopic('orders');
  const { brokers } = env.config.kafka;
  const producer = new Kafka({ brokers, clientId: 'poison', logLevel: logLevel.NOTHING }).producer();
  await producer.connect();
  const partitions = (await env.kafka.topicPartitions(topic)) ?? 0;
  const messages = Array.from({ length: partitions }, (_, partition) => ({ partition, value: UNREADABLE }));
  const written = await producer.send({ topic, messages });
  await producer.disconnect();
  return Object.fromEntries(written.map(({ partition, baseOffset }) => [partition, Number(baseOffset) + 1]));
}

it('a record that Druid cannot read shows in status and in the run that waits, with what Druid says, until it is passed', async () => {
  const behind = await poison();
  const producer = await plainProducer(env.config.kafka.brokers, env.names.rawTopic({ name: 'orders' }));
  await producer.send([{ id: 'o1', at: '2026-01-05T07:12:00Z', shop: 'north', cents: 5 }]);
  await producer.close();
  const run = await env.start({ table: 'orders_hourly', interval: HOUR });

  let seen = '';
  const shows = async (what: string) => (seen = await problems()).includes(what);
  await waitUntil(() => shows(SAID), { timeoutMs: 60_000, saw: () => seen });
  expect(seen).toMatch(/^stream orders: Druid's tasks for it fail one after the other/m);
  const canonical = env.names.workflowId('orders_hourly', '2026-01-05T08:00:00Z');
  const waits = async () => (seen = await pendingFailure.details(env, canonical)).includes(SAID);
  await waitUntil(waits, { timeoutMs: 60_000, saw: () => seen });

  const answer = await fetch(
    `${env.config.druid.url}/druid/indexer/v1/supervisor/${datasource}/resetOffsets`,
    {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        type: 'kafka',
        partitions: { type: 'end', stream: env.names.cleanTopic('orders'), partitionOffsetMap: behind },
      }),
    },
  );
  expect(answer.status, await answer.text()).toBe(200);
  expect(await run.result()).toMatchObject({ rows: 1 });
  await waitUntil(async () => (seen = await problems()) === '', { timeoutMs: 60_000, saw: () => seen });
}, 240_000);
