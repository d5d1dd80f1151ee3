import type { KafkaClient } from '../../clients/kafka/port.ts';
import type { StreamDefinition } from '../../definition/definition.ts';
import { isMillraceError, messageOf, MillraceError } from '../../errors.ts';
import type { LanePlaces, LaneRules } from '../path/deps.ts';
import { createLane } from './create-lane.ts';
import type { StreamWorkerDeps } from './deps.ts';
import type { KnownTopic } from './watchdog.ts';
import { logNews } from './log-news.ts';
import { type Session, createSession } from './session.ts';

/** A session, and which topics it reads and writes. */
export interface OpenedSession {
  session: Session;
  rawTopic: KnownTopic;
  cleanTopic: KnownTopic;
}

/**
 * Wires one session for a stream as it was applied.
 *
 * @param onRebuilt a partition's counters start anew
 * @throws TOPIC_UNREADABLE where a topic is missing, or has fewer partitions than the raw one
 */
export async function openSession(
  deps: StreamWorkerDeps,
  definition: StreamDefinition,
  rules: () => LaneRules,
  onRebuilt: (partition: number) => void,
): Promise<OpenedSession> {
  const { kafka, names, marks, ids, log } = deps;
  const stream = definition.name;
  const topics = {
    raw: names.rawTopic(definition),
    clean: names.cleanTopic(stream),
    dead: names.deadTopic(stream),
  };
  const partitions = await partitionsOf(kafka, stream, topics);
  const cleanTopicId = await topicIdOf(kafka, stream, topics.clean);
  const rawTopicId = await topicIdOf(kafka, stream, topics.raw);
  const places = { topics, cleanTopicId, rawTopicId, group: names.consumerGroup(stream) };
  const shared = {
    stream,
    clients: { kafka, marks },
    limits: { dedupeMs: definition.dedupeMs, ids },
    rules,
    news: logNews(log, stream, topics.raw, onRebuilt),
  };
  const session = createSession({
    source: kafka.source(topics.raw, places.group, partitions),
    createLane: (partition) =>
      createLane({
        ...shared,
        partition,
        places: { ...places, transactionalId: names.transactionalId(stream, partition) },
      }),
    onTrouble: (partition, error) => {
      const type = isMillraceError(error) ? error.context['type'] : undefined;
      log.info({ stream, partition, type }, `a partition is taken up anew: ${messageOf(error)}`);
    },
  });
  return {
    session,
    rawTopic: { name: topics.raw, id: rawTopicId },
    cleanTopic: { name: topics.clean, id: cleanTopicId },
  };
}

async function partitionsOf(
  kafka: KafkaClient,
  stream: string,
  topics: LanePlaces['topics'],
): Promise<number> {
  const raw = (await kafka.topicPartitions(topics.raw)) ?? 0;
  for (const topic of [topics.raw, topics.clean, topics.dead]) {
    const found = await kafka.topicPartitions(topic);
    if (found === undefined || found < raw) {
      throw new MillraceError(
        'TOPIC_UNREADABLE',
        `Stream '${stream}' waits: topic ${topic} has ${found ?? 0} of ${raw || 'its'} partitions. Run 'npx millrace apply'.`,
      );
    }
  }
  return raw;
}

async function topicIdOf(kafka: KafkaClient, stream: string, topic: string): Promise<string> {
  const id = await kafka.topicId(topic);
  if (id !== undefined) return id;
  throw new MillraceError(
    'TOPIC_UNREADABLE',
    `Stream '${stream}' waits: topic ${topic} is not there. Run 'npx millrace apply'.`,
  );
}
