import type { KafkaClient } from '../../src/clients/kafka/port.ts';
import { loadConfig } from '../../src/config.ts';
import type { StreamDefinition } from '../../src/definition/definition.ts';
import type { Names } from '../../src/names.ts';
import { kafkaTarget } from '../../src/targets/kafka/target.ts';
import { knownOf } from './known.ts';

/** Makes the topics of some streams, as apply does, and nothing else. */
export async function makeTopics(
  { kafka, names }: { kafka: KafkaClient; names: Names },
  streams: readonly StreamDefinition[],
): Promise<void> {
  const target = kafkaTarget(kafka);
  const definitions = new Map(streams.map((stream) => [stream.name, stream]));
  const desired = target.desired(knownOf({ config: loadConfig(), names, definitions }));
  const nothing = new Map();
  for (const step of target.diff(desired, await target.live(desired, nothing), nothing)) {
    if (step.action !== 'unchanged') await target.carryOut(step);
  }
}
