import { setTimeout as sleep } from 'node:timers/promises';
import type { Message } from 'kafkajs';
import { afterEach, expect, test } from 'vitest';
import { createKafkaClient } from '../../src/clients/kafka/index.ts';
import { CLICKS } from '../support/clicks.ts';
import { type IngestEnv, readTopic } from '../support/ingest-env.ts';
import { endIngestRuns, event, ingestRuns } from '../support/ingest-runs.ts';
import { waitUntil } from '../support/wait-until.ts';
import { makeTopics } from '../support/make-topics.ts';

afterEach(endIngestRuns);

const WIDER = { ...CLICKS, partitions: 8 };
/** A worker looks for lost positions every 2 s. */
const THREE_LOOKS_MS = 6_000;

/** As `apply` does, in a process that shares nothing with the worker. */
async function widen({ config, names, kafka: ours, topics }: IngestEnv): Promise<void> {
  const kafka = createKafkaClient(config.kafka, `apply-${names.env}`);
  await makeTopics({ kafka, names }, [WIDER]);
  await kafka.close();
  // What the controller has decided, the broker knows a moment later.
  for (const topic of Object.values(topics)) {
    await waitUntil(async () => (await ours.topicPartitions(topic)) === 8, { timeoutMs: 20_000 });
  }
}

/** By a producer that has just connected: it knows of all partitions. */
async function produce({ plain, topics }: IngestEnv, messages: Message[]): Promise<void> {
  const createPartitioner =
    () =>
    ({ message }: { message: Message }) =>
      message.partition ?? 0;
  const producer = plain.producer({ createPartitioner });
  await producer.connect();
  await producer.send({ topic: topics.raw, messages, acks: -1 });
  await producer.disconnect();
}

const eventsOf = (round: string, partitions: number) =>
  Array.from({ length: 400 }, (_, index) => event(`${round}${index}`, index % partitions));

test('partitions are added to a stream while the worker runs: every event once', async () => {
  const { env, start, news } = await ingestRuns('ingest-partitions.test.ts');
  const { kafka, topics, group } = env;
  const { stop } = await start();
  const before = eventsOf('before', 4);
  await produce(env, before);
  await env.drained();

  await widen(env);
  const wide = eventsOf('wide', 8);
  await produce(env, wide);
  // What a load notes at its slot: it waits for the new partitions, too.
  const ends = await kafka.bounds(topics.raw);
  expect([...ends.keys()].sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  expect([4, 5, 6, 7].map((partition) => ends.get(partition)?.high)).toEqual([50n, 50n, 50n, 50n]);
  await env.drained(90_000);
  // The new lanes have been looked at, and their positions were seen.
  await sleep(THREE_LOOKS_MS);
  await stop();

  // Another worker reads the windows of the new partitions back: what comes again is a duplicate.
  await start();
  await produce(env, [...wide, ...eventsOf('after', 8)]);
  await env.drained();
  const clean = await readTopic(env.plain, topics.clean);
  const expected = [...before, ...wide, ...eventsOf('after', 8)].map(({ key, partition }) => ({
    key: String(key),
    partition,
  }));
  const byKey = (a: { key: string | null }, b: { key: string | null }) =>
    String(a.key).localeCompare(String(b.key));
  expect(clean.map(({ key, partition }) => ({ key, partition })).sort(byKey)).toEqual(expected.sort(byKey));
  expect(await env.counts()).toEqual({ raw: 1_600, clean: 1_200, dead: 0, duplicate: 400, filtered: 0 });
  expect((await kafka.committed(group, topics.raw)).size).toBe(8);
  expect(news).toEqual([]);
}, 240_000);

test('a partition that is not there yet is an error that is repeated, and once it is there it is empty', async () => {
  const { env } = await ingestRuns('ingest-partitions.test.ts waiting');
  const { kafka, topics, group } = env;
  expect((await kafka.bounds(topics.raw)).size).toBe(4);
  await expect(kafka.boundsAt(topics.raw, 4)).rejects.toMatchObject({ code: 'KAFKA_UNAVAILABLE' });
  await expect(kafka.committedAt(group, topics.raw, 4)).rejects.toMatchObject({ code: 'KAFKA_UNAVAILABLE' });
  await widen(env);
  expect(await kafka.boundsAt(topics.raw, 4)).toEqual({ low: 0n, high: 0n });
  expect(await kafka.committedAt(group, topics.raw, 4)).toBeUndefined();
}, 120_000);

test('who asks about several topics at the same time is answered for each', async () => {
  const { env } = await ingestRuns('ingest-partitions.test.ts at the same time');
  const { kafka, topics, group } = env;
  const producer = await kafka.openProducer(`${env.names.env}-first`);
  await producer.commit({ group, topic: topics.raw, partition: 0, offset: 0n, metadata: '' });
  await producer.close();
  const deadline = Date.now() + 5_000;
  const answers = async (ask: () => Promise<unknown>) => {
    const all = new Set<unknown>();
    while (Date.now() < deadline) all.add(await ask());
    return [...all];
  };
  const asked = await Promise.all([
    ...[1, 2].map(() => answers(async () => (await kafka.committed(group, topics.raw)).size)),
    ...[topics.raw, topics.clean].map((topic) => answers(async () => (await kafka.bounds(topic)).size)),
    ...[topics.clean, topics.dead].map((topic) => answers(() => kafka.topicPartitions(topic))),
  ]);
  expect(asked).toEqual([[1], [1], [4], [4], [4], [4]]);
}, 60_000);
