import type { KafkaClient, TopicSpec } from '../clients/kafka/port.ts';
import type { StreamDefinition } from '../definition/definition.ts';
import { MillraceError } from '../errors.ts';
import type { Names } from '../names.ts';
import type { Change, Ownership } from './desired.ts';

/** What a topic is now. */
export interface LiveTopic {
  partitions: number;
}

/** One step that brings a topic to what it should be. */
export type KafkaStep =
  { kind: 'create'; spec: TopicSpec } | { kind: 'grow'; topic: string; partitions: number };

const DAY_MS = 86_400_000;
/** Kafka's own default, said outright, because the dead letters' limit is derived from it. */
const MAX_RAW_BYTES = 1_048_588;
/** A dead letter carries up to 1 MiB of the original, its key and its headers. */
const MAX_DEAD_BYTES = MAX_RAW_BYTES + 262_144;

/**
 * The topics of a stream. Somebody else's raw topic is not among them, but decides the partitions of the others.
 *
 * Raw is stamped by the broker: dedupe and retention then count from arrival, whatever the producers' clocks say.
 */
export function desiredTopics(
  stream: StreamDefinition,
  names: Names,
  foreignPartitions?: number,
): TopicSpec[] {
  const partitions = foreignPartitions ?? stream.partitions;
  const raw = {
    topic: names.rawTopic(stream),
    partitions,
    config: {
      'retention.ms': String(7 * DAY_MS),
      'message.timestamp.type': 'LogAppendTime',
      'max.message.bytes': String(MAX_RAW_BYTES),
    },
  };
  const clean = {
    topic: names.cleanTopic(stream.name),
    partitions,
    config: { 'retention.ms': String(7 * DAY_MS), 'max.message.bytes': String(MAX_RAW_BYTES) },
  };
  const dead = {
    topic: names.deadTopic(stream.name),
    partitions,
    config: { 'retention.ms': String(30 * DAY_MS), 'max.message.bytes': String(MAX_DEAD_BYTES) },
  };
  return stream.topic === undefined ? [raw, clean, dead] : [clean, dead];
}

/** What has to be done. Nothing is ever deleted, and no topic loses partitions. */
export function kafkaSteps(desired: readonly TopicSpec[], live: ReadonlyMap<string, LiveTopic>): KafkaStep[] {
  return desired.flatMap((spec): KafkaStep[] => {
    const found = live.get(spec.topic);
    if (found === undefined) return [{ kind: 'create', spec }];
    if (found.partitions >= spec.partitions) return [];
    return [{ kind: 'grow', topic: spec.topic, partitions: spec.partitions }];
  });
}

/**
 * The topics of the streams that apply has yet to make its own.
 * @throws OBJECT_FOREIGN when a topic of that name is not ours
 * @throws CHANGE_UNSUPPORTED when a stream reads a topic of somebody else that does not exist
 */
export async function unclaimedTopics(
  { kafka, names, ownership }: { kafka: KafkaClient; names: Names; ownership: Ownership },
  streams: readonly StreamDefinition[],
): Promise<string[]> {
  const owned = await ownership.hashes('kafka');
  const unclaimed: string[] = [];
  for (const stream of streams) {
    const desired = desiredTopics(stream, names, await foreignPartitions(kafka, stream));
    const live = await liveTopics(kafka, desired);
    for (const { topic } of desired) {
      if (live.has(topic) && !owned.has(topic)) throw foreign(topic);
      if (!owned.has(topic)) unclaimed.push(topic);
    }
  }
  return unclaimed;
}

/**
 * Makes the topics of the streams, and adds partitions where a raw topic has been given more.
 *
 * Topics keep the settings they have: an operator's longer retention survives.
 * @throws CHANGE_UNSUPPORTED when a stream reads a topic of somebody else that does not exist
 */
export async function applyKafka(
  { kafka, names }: { kafka: KafkaClient; names: Names },
  streams: readonly StreamDefinition[],
): Promise<Change[]> {
  const changes: Change[] = [];
  for (const stream of streams) {
    const desired = desiredTopics(stream, names, await foreignPartitions(kafka, stream));
    const steps = kafkaSteps(desired, await liveTopics(kafka, desired));
    for (const step of steps) {
      if (step.kind === 'create') await kafka.ensureTopics([step.spec]);
      else await kafka.growTopic(step.topic, step.partitions);
    }
    changes.push(...desired.map(({ topic }) => changeOf(topic, steps)));
  }
  return changes;
}

function changeOf(topic: string, steps: readonly KafkaStep[]): Change {
  const step = steps.find((each) => (each.kind === 'create' ? each.spec.topic : each.topic) === topic);
  const action = step === undefined ? 'unchanged' : step.kind === 'create' ? 'create' : 'update';
  return { system: 'kafka', object: topic, action };
}

async function liveTopics(kafka: KafkaClient, specs: readonly TopicSpec[]): Promise<Map<string, LiveTopic>> {
  const live = new Map<string, LiveTopic>();
  for (const { topic } of specs) {
    const partitions = await kafka.topicPartitions(topic);
    if (partitions !== undefined) live.set(topic, { partitions });
  }
  return live;
}

async function foreignPartitions(kafka: KafkaClient, stream: StreamDefinition): Promise<number | undefined> {
  if (stream.topic === undefined) return undefined;
  const partitions = await kafka.topicPartitions(stream.topic);
  if (partitions !== undefined) return partitions;
  throw new MillraceError(
    'CHANGE_UNSUPPORTED',
    `Stream '${stream.name}' reads topic '${stream.topic}', which does not exist. Make it first, or leave out 'topic' to have one made.`,
  );
}

function foreign(topic: string): MillraceError {
  return new MillraceError(
    'OBJECT_FOREIGN',
    `Kafka already has a topic '${topic}' that millrace did not make. Rename the stream; or delete that topic if it is not needed.`,
    { context: { system: 'kafka', object: topic } },
  );
}
