import type { KafkaClient } from '../clients/kafka/port.ts';
import type { Log } from '../log.ts';
import type { StreamDefinition } from '../definition/definition.ts';
import { isMillraceError, messageOf, MillraceError } from '../errors.ts';
import type { LaneDeps, Rebuilt, StreamWorkerDeps } from './deps.ts';
import { createLane } from './lane.ts';
import { type Session, createSession } from './session.ts';

/**
 * Wires one session for a stream as it was applied.
 *
 * @param onRebuilt a partition's counters start anew
 * @throws TOPIC_UNREADABLE where a topic is missing, or has fewer partitions than the raw one
 */
export async function openSession(
  deps: StreamWorkerDeps,
  definition: StreamDefinition,
  rules: LaneDeps['rules'],
  onRebuilt: (partition: number) => void,
): Promise<Session> {
  const { kafka, names, positions, ids, log } = deps;
  const stream = definition.name;
  const topics = {
    raw: names.rawTopic(definition),
    clean: names.cleanTopic(stream),
    dead: names.deadTopic(stream),
  };
  const group = names.consumerGroup(stream);
  const partitions = await partitionsOf(kafka, stream, topics);
  const shared = { kafka, positions, ids, stream, topics, group, rules };
  return createSession({
    source: kafka.source(topics.raw, group, partitions),
    createLane: (partition) =>
      createLane({
        ...shared,
        ...newsOf(log, stream, topics.raw, onRebuilt),
        partition,
        transactionalId: names.transactionalId(stream, partition),
        dedupeMs: definition.dedupeMs,
      }),
    onTrouble: (partition, error) => {
      const type = isMillraceError(error) ? error.context['type'] : undefined;
      log.info({ stream, partition, type }, `a partition is taken up anew: ${messageOf(error)}`);
    },
  });
}

/** What a lane has to say, in the log. */
function newsOf(
  log: Log,
  stream: string,
  raw: string,
  onRebuilt: (partition: number) => void,
): Pick<LaneDeps, 'onGap' | 'onRebuilt' | 'onWindowFull'> {
  return {
    onGap(partition, from, to) {
      const fields = { stream, partition, from: String(from), to: String(to) };
      log.error(
        fields,
        `raw records are gone unread: ${raw}/${partition} goes on at ${to}, it had come to ${from}`,
      );
    },
    onRebuilt(partition, { position, state, by }) {
      const fields = { stream, partition, to: String(position), clean: String(state.clean), by };
      const text = `the position of ${raw}/${partition} was lost (its group's offsets expired, or were deleted or reset); it is rebuilt from the clean topic and goes on at ${position}; its counters start anew; ${DOUBLED[by]}`;
      if (by === 'start') log.error(fields, text);
      else log.warn(fields, text);
      onRebuilt(partition);
    },
    onWindowFull(partition) {
      log.warn(
        { stream, partition },
        'the dedupe windows of this process hold too many ids; the oldest of this partition are forgotten early',
      );
    },
  };
}

/** What may be written a second time after a rebuild. */
const DOUBLED: Record<Rebuilt['by'], string> = {
  record: 'no clean event is lost or doubled, dead letters after the last clean event may be doubled',
  time: 'no clean event is lost or doubled, dead letters of the dedupe window may be doubled',
  start: 'nothing is lost, but whatever is older than the dedupe window may be doubled',
};

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
