import { createKafkaClient } from '../../clients/kafka/index.ts';
import type { KafkaClient } from '../../clients/kafka/port.ts';
import type { StreamDefinition } from '../../definition/definition.ts';
import type { Names } from '../../names.ts';
import type { Counts } from '../../store/commit.ts';
import { commitsOf, countsOf } from '../../store/commits.ts';
import { consumersIn, type ConsumerReport, type KnownConsumer } from '../../store/consumers.ts';
import { envFlag } from '../env-flag.ts';
import { druidOf, type DruidState } from './druid.ts';
import { asked, type Look } from './look.ts';

/** Events since the stream began, and how many of its raw topic are not consumed yet. */
type Counters = Counts & { lag: number };

/** Counters that could not be read are absent. */
export interface StreamStatus extends Partial<Counters> {
  stream: string;
  /** How its consumer fares; 'no worker': none with the role 'ingest' has said anything for 15 s. */
  state: ConsumerReport['state'] | 'no worker';
  /** How Druid takes in the clean topic; null: it does not answer. */
  druid: DruidState | null;
  /** Has Druid go on with a suspended supervisor. */
  resume?: string;
}

/** How far each stream is consumed, by whom, whether Druid reads it, and what stands in the way. */
export async function streamStatus(look: Look, streams: StreamDefinition[]): Promise<StreamStatus[]> {
  const { config, names, db, problems } = look;
  if (streams.length === 0) return [];
  const consumers = await asked(look, () => consumersIn(db, names).all());
  for (const { stream, error } of consumers) {
    if (error) problems.push(`stream ${stream}: ${error.code}: ${error.message}`);
  }
  const kafka = createKafkaClient(config.kafka, `millrace-status-${config.env}`);
  try {
    const druid = await druidOf(look, streams, kafka);
    const found: StreamStatus[] = [];
    for (const stream of streams) {
      // A server that is known to be gone has said so: kafkajs would look for it for half a minute.
      const [counters] = look.isGone('kafka')
        ? []
        : await asked(look, async () => [await countersOf(kafka, names, stream)]);
      const state = stateOf(stream.name, consumers);
      if (state === 'no worker') problems.push(unconsumed(stream.name, config.env));
      found.push({ stream: stream.name, state, ...(druid.get(stream.name) ?? { druid: null }), ...counters });
    }
    return found;
  } finally {
    await kafka.close();
  }
}

/** Counters and lag of a stream, from what its consumer has committed. */
async function countersOf(kafka: KafkaClient, names: Names, stream: StreamDefinition): Promise<Counters> {
  const topic = names.rawTopic(stream);
  const [bounds, ends, committed] = await Promise.all([
    kafka.bounds(topic),
    kafka.ends(topic),
    commitsOf({ kafka, names }, stream),
  ]);
  let lag = 0;
  for (const [partition, { low, high }] of bounds)
    lag += Number((ends.get(partition) ?? high) - (committed.get(partition)?.offset ?? low));
  return { ...countsOf(committed.values()), lag };
}

/** Several workers may share a stream's partitions: one in trouble is what matters. */
function stateOf(stream: string, consumers: KnownConsumer[]): StreamStatus['state'] {
  const states = consumers.filter((consumer) => consumer.stream === stream).map(({ state }) => state);
  return states.find((state) => state !== 'running') ?? states[0] ?? 'no worker';
}

function unconsumed(stream: string, env: string): string {
  return `stream ${stream}: no worker with the role 'ingest' has said anything for 15 s. Start one: 'npx millrace worker${envFlag(env)}'.`;
}
