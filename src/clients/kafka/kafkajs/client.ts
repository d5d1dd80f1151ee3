import { type Admin, Kafka } from 'kafkajs';
import type { Config } from '../../../config.ts';
import type { Log } from '../../../log.ts';
import { ofPartition } from '../of-partition.ts';
import type { KafkaClient } from '../port.ts';
import { sharedAdmin } from './admin.ts';
import { alterTopicRequest } from './alter-topic.ts';
import { endsOf, sharedUncommittedReader } from './ends.ts';
import { boundsOf, committedOf, offsetsAt } from './offsets.ts';
import { openProducer } from './producer.ts';
import { readRange } from './range.ts';
import { letIdleConnectionsRest } from './request-queue.ts';
import { kafkaConfig } from './settings.ts';
import { eventSource } from './source.ts';
import { topicIdRequest } from './topic-id.ts';
import { createMissing, deletePresent, partitionsOf, settingsOf } from './topics.ts';
import type { Shared } from './shared.ts';
import { ask, sharedWire, type Wire } from './wire.ts';

export interface KafkaOptions {
  /** Silent unless told. */
  log?: Log;
  /** How the names of the groups begin that a read of a range joins; the client's id unless told. */
  readerGroup?: string;
}

/** A client of the cluster over kafkajs. */
export function createKafkaClient(
  config: Config['kafka'],
  clientId: string,
  { log = SILENT, readerGroup = clientId }: KafkaOptions = {},
): KafkaClient {
  letIdleConnectionsRest();
  const kafka = new Kafka(kafkaConfig(config, clientId, log));
  const admin = sharedAdmin(kafka);
  const wire = sharedWire(kafka);
  const uncommitted = sharedUncommittedReader(kafka);
  let producers = 0;
  return {
    ...topicMethods(admin, wire),
    ...offsetMethods(admin),
    ends: (topic) => uncommitted.use(`Reading the ends of ${topic}`, (on) => endsOf(on, topic)),
    source: (topic, group, concurrency) => eventSource(kafka, topic, group, concurrency),
    openProducer: (id) => openProducer(kafkaConfig(config, clientId, log, producers++), id),
    readRange: (range, onRecords, signal) => readRange(kafka, readerGroup, range, onRecords, signal),
    async close() {
      await Promise.all([admin.close(), wire.close(), uncommitted.close()]);
    },
  };
}

const SILENT: Log = { info: () => undefined, warn: () => undefined, error: () => undefined };

type TopicMethods = Pick<
  KafkaClient,
  | 'topics'
  | 'ensureTopics'
  | 'growTopic'
  | 'topicPartitions'
  | 'topicSettings'
  | 'alterTopic'
  | 'topicId'
  | 'deleteTopics'
>;

function topicMethods(admin: Shared<Admin>, wire: Shared<Wire>): TopicMethods {
  return {
    topics: () => admin.use('Listing topics', (on) => on.listTopics()),
    ensureTopics: (specs) => admin.use('Making topics', (on) => createMissing(on, specs)),
    growTopic: (topic, partitions) =>
      admin.use(`Adding partitions to ${topic}`, async (on) => {
        await on.createPartitions({ topicPartitions: [{ topic, count: partitions }] });
      }),
    topicPartitions: (topic) => admin.use(`Looking up topic ${topic}`, (on) => partitionsOf(on, topic)),
    topicSettings: (topics) => admin.use('Reading the settings of topics', (on) => settingsOf(on, topics)),
    alterTopic: (topic, settings) =>
      wire.use(`Setting ${Object.keys(settings).join(', ')} on topic ${topic}`, (on) =>
        ask(on, alterTopicRequest(topic, settings)),
      ),
    topicId: (topic) => wire.use(`Looking up topic ${topic}`, (on) => ask(on, topicIdRequest(topic))),
    deleteTopics: (topics) => admin.use('Deleting topics', (on) => deletePresent(on, topics)),
  };
}

type OffsetMethods = Pick<
  KafkaClient,
  'bounds' | 'boundsAt' | 'offsetAt' | 'committed' | 'committedAt' | 'deleteGroups'
>;

function offsetMethods(admin: Shared<Admin>): OffsetMethods {
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
    deleteGroups: (groups) =>
      admin.use('Deleting groups', async (on) => {
        await on.deleteGroups([...groups]);
      }),
  };
}
