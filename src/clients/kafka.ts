import { type Admin, Kafka } from 'kafkajs';
import type { Config } from '../config.ts';
import { type SharedAdmin, sharedAdmin } from './kafka-admin.ts';
import type { Committed } from './kafka-commit.ts';
import { type Bounds, boundsOf, committedOf, offsetsAt, ofPartition } from './kafka-offsets.ts';
import { type LaneProducer, openProducer } from './kafka-producer.ts';
import { type Range, type RangeHandler, readRange } from './kafka-range.ts';
import { type ClientLog, kafkaConfig } from './kafka-settings.ts';
import { type EventSource, eventSource } from './kafka-source.ts';

export type { Bounds } from './kafka-offsets.ts';

export interface TopicSpec {
  topic: string;
  partitions: number;
  /** Settings of the topic by Kafka's names; the broker's defaults for the rest. */
  config: Record<string, string>;
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
  /** By partition, all that the topic has now. `high` ends before the first transaction that is still open. */
  bounds(topic: string): Promise<Map<number, Bounds>>;
  /** @throws KAFKA_UNAVAILABLE, as the two below, where the topic has no such partition (yet) */
  boundsAt(topic: string, partition: number): Promise<Bounds>;
  /** The first offset whose record is not older; the end where there is none. */
  offsetAt(topic: string, partition: number, timeMs: number): Promise<bigint>;
  /** Undefined: the group has committed nothing there. */
  committedAt(group: string, topic: string, partition: number): Promise<Committed | undefined>;
  /** What a group has committed, by partition, over all that the topic has now; those without a commit are left out. */
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
    ...offsetReaders(admin),
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

type OffsetReaders = Pick<KafkaClient, 'bounds' | 'boundsAt' | 'offsetAt' | 'committed' | 'committedAt'>;

function offsetReaders(admin: SharedAdmin): OffsetReaders {
  const bounds = (topic: string) => admin.use(`Reading the offsets of ${topic}`, (on) => boundsOf(on, topic));
  const committed = (group: string, topic: string) =>
    admin.use(`Reading the position of ${group}`, (on) => committedOf(on, group, topic));
  return {
    bounds,
    boundsAt: async (topic, partition) => ofPartition(await bounds(topic), topic, partition),
    async offsetAt(topic, partition, timeMs) {
      const offsets = await admin.use(`Reading the offsets of ${topic}`, (on) =>
        offsetsAt(on, topic, timeMs),
      );
      return ofPartition(offsets, topic, partition);
    },
    async committed(group, topic) {
      const present = [...(await committed(group, topic))].flatMap(([partition, position]) =>
        position === undefined ? [] : [[partition, position] as const],
      );
      return new Map(present);
    },
    committedAt: async (group, topic, partition) =>
      ofPartition(await committed(group, topic), topic, partition),
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
  // Of all topics: a missing one asked for by name is an error that kafkajs repeats for seconds, and asking for one
  // alone takes the others' partitions away from those who ask about them at the same time.
  const { topics } = await admin.fetchTopicMetadata();
  return topics.find(({ name }) => name === topic)?.partitions.length;
}
