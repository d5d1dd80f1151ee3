import type { KafkaClient } from '../clients/kafka.ts';
import { kafkaCause } from '../clients/kafka-errors.ts';
import type { StreamDefinition } from '../define/definition.ts';
import { MillraceError } from '../errors.ts';
import type { LaneDeps, StreamWorkerDeps } from './deps.ts';
import { createLane } from './lane.ts';
import { type Session, createSession } from './session.ts';

/**
 * Wires one session for a stream as it was applied.
 *
 * @throws TOPIC_UNREADABLE where a topic is missing, or has fewer partitions than the raw one
 */
export async function openSession(
  deps: StreamWorkerDeps,
  definition: StreamDefinition,
  rules: LaneDeps['rules'],
): Promise<Session> {
  const { kafka, names, positions, log } = deps;
  const stream = definition.name;
  const topics = {
    raw: names.rawTopic(definition),
    clean: names.cleanTopic(stream),
    dead: names.deadTopic(stream),
  };
  const group = names.consumerGroup(stream);
  const partitions = await partitionsOf(kafka, stream, topics);
  return createSession({
    source: kafka.source(topics.raw, group, partitions),
    createLane: (partition) =>
      createLane({
        kafka,
        stream,
        partition,
        topics,
        group,
        transactionalId: names.transactionalId(stream, partition),
        dedupeMs: definition.dedupeMs,
        rules,
        positions,
        onWindowFull: (at) =>
          log.warn(
            { stream, partition: at },
            'the dedupe window holds too many ids; the oldest are forgotten early',
          ),
        onGap: (at, from, to) =>
          log.error(
            { stream, partition: at, from: String(from), to: String(to) },
            `raw records are gone unread: ${topics.raw}/${at} goes on at ${to}, it had come to ${from}`,
          ),
      }),
    onTrouble: (partition, error) => {
      const { type, name, message } = kafkaCause(error);
      log.info({ stream, partition, type: type ?? name }, `a partition is taken up anew: ${message}`);
    },
  });
}

async function partitionsOf(kafka: KafkaClient, stream: string, topics: LaneDeps['topics']): Promise<number> {
  const raw = (await kafka.topicPartitions(topics.raw)) ?? 0;
  for (const topic of [topics.raw, topics.clean, topics.dead]) {
    const found = await kafka.topicPartitions(topic);
    if (found === undefined || found < raw) {
      throw new MillraceError(
        'TOPIC_UNREADABLE',
        `Stream '${stream}' waits: topic ${topic} has ${found ?? 0} of ${raw || 'its'} partitions. Run 'millrace apply'.`,
      );
    }
  }
  return raw;
}
