import type { TopicSpec } from '../../clients/kafka/port.ts';
import type { StreamDefinition } from '../../definition/definition.ts';
import type { Names } from '../../names.ts';
import type { Desired } from '../target.ts';

export interface DesiredTopic extends Desired {
  fields: { partitions: number; settings: Record<string, string> };
  /** Somebody else's raw topic, which decides how many partitions there are. */
  madeFrom?: string;
  stream: string;
}

const DAY_MS = 86_400_000;
const RAW_RETENTION_MS = 7 * DAY_MS;
/** Kafka's own default, said outright, because the dead letters' limit is derived from it. */
const MAX_RAW_BYTES = 1_048_588;
/** A dead letter carries up to 1 MiB of the original, its key and its headers. */
const MAX_DEAD_BYTES = MAX_RAW_BYTES + 262_144;

/**
 * The topics of a stream. Somebody else's raw topic is not among them, but decides the partitions of the others.
 *
 * Raw is stamped by the broker: dedupe and retention then count from arrival, whatever the producers' clocks say.
 */
export function desiredTopics(stream: StreamDefinition, names: Names): DesiredTopic[] {
  const topic = (object: string, settings: Record<string, string>): DesiredTopic => ({
    object,
    stream: stream.name,
    fields: { partitions: stream.partitions, settings },
    ...(stream.topic === undefined ? {} : { madeFrom: stream.topic }),
  });
  const raw = topic(names.rawTopic(stream), {
    'retention.ms': String(RAW_RETENTION_MS),
    'message.timestamp.type': 'LogAppendTime',
    'max.message.bytes': String(MAX_RAW_BYTES),
  });
  const clean = topic(names.cleanTopic(stream.name), {
    // A worker that comes back after as long as raw events wait still finds all ids of its dedupe window.
    'retention.ms': String(RAW_RETENTION_MS + stream.dedupeMs),
    'max.message.bytes': String(MAX_RAW_BYTES),
  });
  const dead = topic(names.deadTopic(stream.name), {
    'retention.ms': String(30 * DAY_MS),
    'max.message.bytes': String(MAX_DEAD_BYTES),
  });
  return stream.topic === undefined ? [raw, clean, dead] : [clean, dead];
}

/** As Kafka's client makes it. */
export function topicSpec({ object, fields }: DesiredTopic): TopicSpec {
  return { topic: object, partitions: fields.partitions, config: fields.settings };
}
