import { createKafkaClient } from '../../clients/kafka/index.ts';
import type { KafkaClient } from '../../clients/kafka/port.ts';
import type { Config } from '../../config.ts';
import { ofKind } from '../../definition/definition.ts';
import type { Owned, Step, Target } from '../target.ts';
import { diffTopics, type LiveTopic } from './diff.ts';
import { desiredTopics, topicSpec, type DesiredTopic } from './topics.ts';

/** The topics of the streams. */
export function openKafka(config: Config): Target<DesiredTopic, LiveTopic> {
  return kafkaTarget(createKafkaClient(config.kafka, `millrace-apply-${config.env}`));
}

export function kafkaTarget(kafka: KafkaClient): Target<DesiredTopic, LiveTopic> {
  return {
    system: 'kafka',
    desired: ({ definitions, names }) =>
      ofKind([...definitions.values()], 'stream').flatMap((stream) => desiredTopics(stream, names)),
    live: (desired, owned) => liveTopics(kafka, desired, owned),
    diff: diffTopics,
    carryOut: (step) => carryOut(kafka, step),
    foreign: (topic) =>
      `Kafka already has a topic '${topic}' that millrace did not make. Rename the stream; or delete that topic if it is not needed.`,
    close: () => kafka.close(),
  };
}

async function liveTopics(
  kafka: KafkaClient,
  desired: readonly DesiredTopic[],
  owned: Owned,
): Promise<ReadonlyMap<string, LiveTopic>> {
  const wanted = new Set([
    ...desired.flatMap(({ object, madeFrom }) => [object, ...(madeFrom ? [madeFrom] : [])]),
    ...owned.keys(),
  ]);
  if (wanted.size === 0) return new Map();
  const present = (await kafka.topics()).filter((topic) => wanted.has(topic));
  const settings = await kafka.topicSettings(present);
  const live = new Map<string, LiveTopic>();
  for (const topic of present) {
    const partitions = await kafka.topicPartitions(topic);
    if (partitions === undefined) continue;
    const values = [...(settings.get(topic) ?? [])].map(([name, { value }]) => [name, value] as const);
    live.set(topic, { fields: { partitions, settings: Object.fromEntries(values) }, holdsData: true });
  }
  return live;
}

async function carryOut(
  kafka: KafkaClient,
  { action, object, desired, live }: Step<DesiredTopic, LiveTopic>,
): Promise<undefined> {
  if (action === 'retire') return void (await kafka.deleteTopics([object]));
  if (desired === undefined) return;
  if (action === 'create' || live === undefined) return void (await kafka.ensureTopics([topicSpec(desired)]));
  const { partitions, settings } = desired.fields;
  if (live.fields.partitions < partitions) await kafka.growTopic(object, partitions);
  const isOff = Object.entries(settings).some(([name, value]) => live.fields.settings[name] !== value);
  if (isOff) await kafka.alterTopic(object, settings);
}
