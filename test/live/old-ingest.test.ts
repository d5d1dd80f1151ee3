import { Kafka, logLevel } from 'kafkajs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Counts } from '../../src/store/commit.ts';
import { commitsOf, countsOf } from '../../src/store/commits.ts';
import { ORDERS } from '../support/definitions.ts';
import { readTopic } from '../support/ingest-env.ts';
import { liveEnv, type LiveEnv } from '../support/live-env.ts';
import { plainProducer, type PlainProducer } from '../support/plain-producer.ts';
import { versionBefore, type VersionBefore } from '../support/version-before.ts';
import { waitUntil } from '../support/wait-until.ts';

const STREAM = { name: 'orders' };

let env: LiveEnv;
let before: VersionBefore;
let plain: Kafka;
let producer: PlainProducer;

beforeAll(async () => {
  env = await liveEnv('old ingest', { 'orders.ts': ORDERS });
  await env.apply();
  before = versionBefore({});
  const { brokers } = env.config.kafka;
  plain = new Kafka({ brokers, clientId: 'old-ingest', logLevel: logLevel.NOTHING });
  producer = await plainProducer(brokers, env.names.rawTopic(STREAM));
});

afterAll(async () => {
  await producer.close();
  await env.close();
  before.remove();
});

const startOld = () => env.worker({ roles: 'ingest', installed: before });
const startNew = () => env.worker({ roles: 'ingest' });

const orders = (round: string) =>
  Array.from({ length: 200 }, (_, n) => ({
    id: `${round}${n}`,
    at: '2026-01-05T07:12:00Z',
    shop: 'north',
    cents: n,
  }));

it('a consumer of the version before shares a stream with a new one, and each knows what the other has let through', async () => {
  const old = await startOld();
  await producer.send(orders('first'));
  await counted({ raw: 200, clean: 200, duplicate: 0 });

  const now = await startNew();
  await sharedBy(2);
  await producer.send(orders('second'));
  await counted({ raw: 400, clean: 400, duplicate: 0 });

  expect(await old.kill('SIGTERM')).toBe(0);
  await producer.send([...orders('first'), ...orders('second')]);
  await counted({ raw: 800, clean: 400, duplicate: 400 });
  await producer.send(orders('third'));
  await counted({ raw: 1_000, clean: 600, duplicate: 400 });

  await startOld();
  await sharedBy(2);
  expect(await now.kill('SIGTERM')).toBe(0);
  await producer.send([...orders('second'), ...orders('third')]);
  await counted({ raw: 1_400, clean: 600, duplicate: 800 });

  const clean = await readTopic(plain, env.names.cleanTopic(STREAM.name));
  const sent = ['first', 'second', 'third'].flatMap(orders).map(({ id }) => id);
  expect(clean.map(({ key }) => key).sort()).toEqual(sent.sort());
});

/** Waits until everything is counted, as what it is. */
async function counted(expected: Pick<Counts, 'raw' | 'clean' | 'duplicate'>): Promise<void> {
  let counts: Counts | undefined;
  await waitUntil(
    async () => {
      counts = countsOf((await commitsOf(env, STREAM)).values());
      return counts.raw === expected.raw;
    },
    { timeoutMs: 60_000, saw: () => JSON.stringify(counts) },
  );
  expect(counts).toEqual({ dead: 0, filtered: 0, ...expected });
}

/** Waits until so many workers have shared out the partitions. */
async function sharedBy(workers: number): Promise<void> {
  const admin = plain.admin();
  await admin.connect();
  let seen = '';
  await waitUntil(
    async () => {
      const { groups } = await admin.describeGroups([env.names.consumerGroup(STREAM.name)]);
      seen = groups.map(({ state, members }) => `${state}, ${members.length} members`).join();
      return seen === `Stable, ${workers} members`;
    },
    { timeoutMs: 60_000, saw: () => seen },
  );
  await admin.disconnect();
}
