import { type Admin, Kafka } from 'kafkajs';
import type { Config } from '../config.ts';
import { type Committed, decodeCommit } from './kafka-commit.ts';
import { kafkaCause, kafkaError } from './kafka-errors.ts';
import { type LaneProducer, openProducer } from './kafka-producer.ts';
import { type Range, type RangeHandler, readRange } from './kafka-range.ts';
import { type ClientLog, kafkaConfig } from './kafka-settings.ts';
import { type EventSource, eventSource } from './kafka-source.ts';

export interface TopicSpec {
  topic: string;
  partitions: number;
  /** Settings of the topic by Kafka's names; the broker's defaults for the rest. */
  config: Record<string, string>;
}

/** The first and the next offset of a partition. */
export interface Bounds {
  low: bigint;
  high: bigint;
}

/** Kafka as the rest of millrace sees it. Every method throws KAFKA_UNAVAILABLE or KAFKA_REFUSED. */
export interface KafkaClient {
  /** Makes the topics that are missing. @returns their names */
  ensureTopics(specs: readonly TopicSpec[]): Promise<string[]>;
  /** Names of all topics of the cluster. */
  topics(): Promise<string[]>;
  /** Adds partitions; Kafka cannot take any away. */
  growTopic(topic: string, partitions: number): Promise<void>;
  /** Undefined: there is no such topic. */
  topicPartitions(topic: string): Promise<number | undefined>;
  /** By partition. `high` ends before the first transaction that is still open. */
  bounds(topic: string): Promise<Map<number, Bounds>>;
  /** By partition, the first offset whose record is not older; the end where there is none. */
  offsetsAt(topic: string, timeMs: number): Promise<Map<number, bigint>>;
  /** What a group has committed, by partition; partitions without a commit are left out. */
  committed(group: string, topic: string): Promise<Map<number, Committed>>;
  deleteTopics(topics: readonly string[]): Promise<void>;
  deleteGroups(groups: readonly string[]): Promise<void>;
  source(topic: string, group: string, concurrency: number): EventSource;
  openProducer(transactionalId: string): Promise<LaneProducer>;
  /** Reads a range of one partition once, in order; `group` must be new, and is gone afterwards. */
  readRange(range: Range, group: string, onRecords: RangeHandler, signal?: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

/** A client of the cluster. Nothing connects before it is used. */
export function createKafkaClient(
  config: Config['kafka'],
  clientId: string,
  log: ClientLog = SILENT,
): KafkaClient {
  const kafka = new Kafka(kafkaConfig(config, clientId, log));
  const admin = sharedAdmin(kafka);
  let producers = 0;
  return {
    topics: () => admin.use('Listing topics', (on) => on.listTopics()),
    ensureTopics: (specs) => admin.use('Making topics', (on) => createMissing(on, specs)),
    growTopic: (topic, partitions) =>
      admin.use(`Adding partitions to ${topic}`, async (on) => {
        await on.createPartitions({ topicPartitions: [{ topic, count: partitions }] });
      }),
    topicPartitions: (topic) => admin.use(`Looking up topic ${topic}`, (on) => partitionsOf(on, topic)),
    bounds: (topic) => admin.use(`Reading the offsets of ${topic}`, (on) => boundsOf(on, topic)),
    offsetsAt: (topic, timeMs) =>
      admin.use(`Reading the offsets of ${topic}`, async (on) => {
        const offsets = await on.fetchTopicOffsetsByTimestamp(topic, timeMs);
        return new Map(offsets.map(({ partition, offset }) => [partition, BigInt(offset)]));
      }),
    committed: (group, topic) =>
      admin.use(`Reading the position of ${group}`, (on) => committedOf(on, group, topic)),
    deleteTopics: (topics) => admin.use('Deleting topics', (on) => on.deleteTopics({ topics: [...topics] })),
    deleteGroups: (groups) =>
      admin.use('Deleting groups', async (on) => {
        await on.deleteGroups([...groups]);
      }),
    source: (topic, group, concurrency) => eventSource(kafka, topic, group, concurrency),
    openProducer: (id) => openProducer(kafkaConfig(config, clientId, log, producers++), id),
    readRange: (range, group, onRecords, signal) => readRange(kafka, range, group, onRecords, signal),
    close: () => admin.close(),
  };
}

const SILENT: ClientLog = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** One admin connection for all, made at first use and made anew after an error: kafkajs keeps a broken one. */
function sharedAdmin(kafka: Kafka) {
  let current: Promise<Admin> | undefined;
  const connect = async () => {
    const admin = kafka.admin();
    await admin.connect();
    return admin;
  };
  const drop = async () => {
    const dropped = current;
    current = undefined;
    await dropped?.then((admin) => admin.disconnect()).catch(() => undefined);
  };
  return {
    async use<T>(what: string, work: (admin: Admin) => Promise<T>): Promise<T> {
      for (let attempt = 1; ; attempt++) {
        try {
          return await work(await (current ??= connect()));
        } catch (error) {
          await drop();
          if (attempt === 3 || kafkaCause(error).retriable === false) throw kafkaError(error, what);
        }
      }
    },
    close: drop,
  };
}

async function createMissing(admin: Admin, specs: readonly TopicSpec[]): Promise<string[]> {
  const present = new Set(await admin.listTopics());
  const missing = specs.filter(({ topic }) => !present.has(topic));
  if (missing.length === 0) return [];
  await admin.createTopics({
    waitForLeaders: true,
    topics: missing.map(({ topic, partitions, config }) => ({
      topic,
      numPartitions: partitions,
      configEntries: Object.entries(config).map(([name, value]) => ({ name, value })),
    })),
  });
  return missing.map(({ topic }) => topic);
}

async function partitionsOf(admin: Admin, topic: string): Promise<number | undefined> {
  // Asking for the metadata of a missing topic would be an error that kafkajs repeats for seconds.
  if (!(await admin.listTopics()).includes(topic)) return undefined;
  const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
  return topics[0]?.partitions.length;
}

async function boundsOf(admin: Admin, topic: string): Promise<Map<number, Bounds>> {
  const offsets = await admin.fetchTopicOffsets(topic);
  return new Map(
    offsets.map(({ partition, low, high }) => [partition, { low: BigInt(low), high: BigInt(high) }]),
  );
}

async function committedOf(admin: Admin, group: string, topic: string): Promise<Map<number, Committed>> {
  const [answer] = await admin.fetchOffsets({ groupId: group, topics: [topic] });
  const rows = answer?.partitions ?? [];
  return new Map(
    rows
      .map((row) => ({ ...row, next: BigInt(row.offset) }))
      .filter(({ next }) => next >= 0n)
      .map(({ partition, next, metadata }) => [
        partition,
        { offset: next, metadata: decodeCommit(metadata) },
      ]),
  );
}
