import { createHash } from 'node:crypto';
import { Kafka, type Message, logLevel } from 'kafkajs';
import { createKafkaClient } from '../../src/clients/kafka/index.ts';
import type { KafkaClient } from '../../src/clients/kafka/port.ts';
import type { Counts } from '../../src/store/commit.ts';
import { commitsOf, countsOf } from '../../src/store/commits.ts';
import { type Database, connectMariaDb } from '../../src/clients/mariadb.ts';
import { type Config, loadConfig } from '../../src/config.ts';
import type { StreamDefinition } from '../../src/definition/definition.ts';
import { type Names, namesFor } from '../../src/names.ts';
import { migrate } from '../../src/store/migrate.ts';
import { CLICKS } from './clicks.ts';
import { waitUntil } from './wait-until.ts';
import { makeTopics } from './make-topics.ts';

/** One env on the running servers, with the topics of one stream and our own tables. */
export interface IngestEnv {
  config: Config;
  names: Names;
  kafka: KafkaClient;
  /** A client that shares no code with millrace. */
  plain: Kafka;
  db: Database;
  topics: { raw: string; clean: string; dead: string };
  group: string;
  produce(messages: readonly Message[]): Promise<void>;
  /** Waits until the group has committed everything that the raw topic holds, and the clean events can be read. */
  drained(timeoutMs?: number): Promise<void>;
  /** Sums of the counters in the commit's metadata. */
  counts(): Promise<Counts>;
  drop(): Promise<void>;
}

export async function openIngestEnv(test: string, stream: StreamDefinition = CLICKS): Promise<IngestEnv> {
  const env = `t${createHash('sha256').update(test).digest('hex').slice(0, 8)}`;
  const config = loadConfig({ MILLRACE_ENV: env });
  const names = namesFor(env);
  const kafka = createKafkaClient(config.kafka, `test-${env}`);
  const plain = new Kafka({
    brokers: config.kafka.brokers,
    clientId: `plain-${env}`,
    logLevel: logLevel.NOTHING,
  });
  const db = connectMariaDb(config.mariadb, config.mariadb.admin);
  const topics = {
    raw: names.rawTopic(stream),
    clean: names.cleanTopic(stream.name),
    dead: names.deadTopic(stream.name),
  };
  const group = names.consumerGroup(stream.name);
  const remove = async () => {
    const present = [];
    for (const topic of Object.values(topics)) if (await kafka.topicPartitions(topic)) present.push(topic);
    if (present.length > 0) await kafka.deleteTopics(present);
    await kafka.deleteGroups([group]).catch(() => undefined);
    await db.execute(`DROP DATABASE IF EXISTS ${names.storeSchema}`);
    await waitUntil(async () => (await kafka.topicPartitions(topics.clean)) === undefined, {
      timeoutMs: 60_000,
    });
  };
  await remove();
  await migrate(db, names.storeSchema);
  await makeTopics({ kafka, names }, [stream]);
  const producer = plain.producer({
    createPartitioner:
      () =>
      ({ message }) =>
        message.partition ?? 0,
  });
  await producer.connect();

  return {
    config,
    names,
    kafka,
    plain,
    db,
    topics,
    group,
    async produce(messages) {
      for (let at = 0; at < messages.length; at += 500) {
        await producer.send({ topic: topics.raw, messages: messages.slice(at, at + 500), acks: -1 });
      }
    },
    async drained(timeoutMs = 60_000) {
      const places = new Map<number, string>();
      await waitUntil(
        async () => {
          const [bounds, clean, committed] = await Promise.all([
            kafka.bounds(topics.raw),
            kafka.bounds(topics.clean),
            commitsOf({ kafka, names }, stream),
          ]);
          return [...bounds].every(([partition, { high }]) => {
            if (high === 0n) return true;
            const commit = committed.get(partition);
            // Kafka ends a transaction partition by partition: the commit may be seen before the records.
            const readable = clean.get(partition)?.high ?? 0n;
            places.set(partition, `partition ${partition} at ${commit?.offset ?? 0n} of ${high}`);
            return (commit?.offset ?? 0n) >= high && readable >= (commit?.metadata?.clean ?? 0n);
          });
        },
        { timeoutMs, saw: () => [...places.values()].join(', ') },
      );
    },
    async counts() {
      return countsOf((await commitsOf({ kafka, names }, stream)).values());
    },
    async drop() {
      await producer.disconnect();
      await remove();
      await kafka.close();
      await db.close();
    },
  };
}

/** All dead letters that the consumer has counted, once they can be read: the commit may be seen before them. */
export async function readDeadLetters(env: IngestEnv): Promise<ReadRecord[]> {
  const { dead } = await env.counts();
  let records: ReadRecord[] = [];
  await waitUntil(
    async () => {
      records = await readTopic(env.plain, env.topics.dead);
      return records.length >= dead;
    },
    { timeoutMs: 20_000, saw: () => `${records.length} of ${dead} dead letters` },
  );
  return records;
}

export interface ReadRecord {
  partition: number;
  offset: string;
  key: string | null;
  value: Buffer | null;
  headers: Record<string, string>;
}

/** On a machine that does much else. A guard against a hang alone. */
const SLOWEST_READ_PER_MS = 4;

/** Every record of a topic up to its end, by a consumer that shares no code with millrace. */
export async function readTopic(plain: Kafka, topic: string, readUncommitted = false): Promise<ReadRecord[]> {
  const admin = plain.admin();
  await admin.connect();
  const ends = new Map(
    (await admin.fetchTopicOffsets(topic)).map(({ partition, high }) => [partition, Number(high)]),
  );
  await admin.disconnect();
  const consumer = plain.consumer({
    groupId: `reader-${topic}-${Math.random()}`,
    readUncommitted,
    maxWaitTimeInMs: 50,
  });
  const records: ReadRecord[] = [];
  const reached = new Map<number, number>();
  consumer.on(consumer.events.END_BATCH_PROCESS, ({ payload }) => {
    reached.set(payload.partition, Number(payload.lastOffset) + 1);
  });
  await consumer.connect();
  await consumer.subscribe({ topics: [topic], fromBeginning: true });
  await consumer.run({
    autoCommit: false,
    eachBatch: async ({ batch }) => {
      for (const { offset, key, value, headers } of batch.messages) {
        const texts = Object.entries(headers ?? {}).map(([name, text]) => [name, String(text)] as const);
        records.push({
          partition: batch.partition,
          offset,
          key: key?.toString() ?? null,
          value,
          headers: Object.fromEntries(texts),
        });
      }
    },
  });
  try {
    await waitUntil(() => [...ends].every(([partition, end]) => (reached.get(partition) ?? 0) >= end), {
      timeoutMs: 60_000 + sumOf(ends.values()) / SLOWEST_READ_PER_MS,
      saw: () =>
        `${records.length} records of ${topic}, at ${JSON.stringify([...reached])} of ${JSON.stringify([...ends])}`,
    });
  } finally {
    // One that reads on would have Kafka make the topic anew once the test drops it.
    await consumer.disconnect();
  }
  return records;
}

function sumOf(numbers: Iterable<number>): number {
  return [...numbers].reduce((sum, number) => sum + number, 0);
}
