import { connectDruid, resumeCommand } from '../../clients/druid.ts';
import { createKafkaClient } from '../../clients/kafka/index.ts';
import type { KafkaClient } from '../../clients/kafka/port.ts';
import type { Config } from '../../config.ts';
import type { StreamDefinition } from '../../definition/definition.ts';
import type { Names } from '../../names.ts';
import { addCounts, decodeCommit, NO_COUNTS, type Counts } from '../../store/commit.ts';
import { consumersIn, type ConsumerReport, type KnownConsumer } from '../../store/consumers.ts';
import type { DruidObject } from '../../targets/druid/objects.ts';
import type { TaskFailure } from '../../clients/druid-failures.ts';
import { openDruid } from '../../targets/druid/target.ts';
import { driftText, standingOf } from './drift.ts';
import { asked, type Look } from './look.ts';

/** Events since the stream began, and how many of its raw topic are not consumed yet. */
type Counters = Counts & { lag: number };

/** Counters that could not be read are absent. */
export interface StreamStatus extends Partial<Counters> {
  stream: string;
  /** How its consumer fares; 'no worker': none with the role 'ingest' has said anything for 15 s. */
  state: ConsumerReport['state'] | 'no worker';
  /**
   * Has Druid a supervisor that reads the clean topic, and do its tasks come to anything? An operator may suspend it;
   * null: Druid does not answer.
   */
  druid: 'supervised' | 'failing' | 'suspended' | 'absent' | null;
  /** Has Druid go on with a suspended supervisor. */
  resume?: string;
}

/** How far each stream is consumed, by whom, whether Druid reads it, and what stands in the way. */
export async function streamStatus(look: Look, streams: StreamDefinition[]): Promise<StreamStatus[]> {
  const { config, names, db, problems } = look;
  const consumers = await asked(look, () => consumersIn(db, names).all());
  for (const { stream, error } of consumers) {
    if (error) problems.push(`stream ${stream}: ${error.code}: ${error.message}`);
  }
  const druid = await druidOf(look, streams);
  const kafka = createKafkaClient(config.kafka, `millrace-status-${config.env}`);
  try {
    const found: StreamStatus[] = [];
    for (const stream of streams) {
      const [counters] = await asked(look, async () => [await countersOf(kafka, names, stream)]);
      const state = stateOf(stream.name, consumers);
      if (state === 'no worker') problems.push(unconsumed(stream.name));
      found.push({ stream: stream.name, state, ...(druid.get(stream.name) ?? { druid: null }), ...counters });
    }
    return found;
  } finally {
    await kafka.close();
  }
}

type DruidStatus = Pick<StreamStatus, 'druid' | 'resume'>;

/** How each stream's supervisor stands. One that is not as apply made it is a problem; a suspended one is none. */
async function druidOf(look: Look, streams: StreamDefinition[]): Promise<Map<string, DruidStatus>> {
  const { config, names, problems } = look;
  const steps = [...(await standingOf(look, openDruid, streams)).values()];
  const client = connectDruid(config.druid);
  const found = new Map<string, DruidStatus>();
  for (const stream of streams) {
    const datasource = names.datasource(stream);
    const step = steps.find(({ desired }) => desired?.datasource === datasource);
    if (step === undefined) continue;
    const called = {
      what: `its Druid ${step.object}`,
      without: 'Druid takes in none of its events',
    };
    const drift = driftText(step, called);
    if (drift !== undefined) problems.push(`stream ${stream.name}: ${drift}`);
    const status = druidStatus(config, datasource, step.live);
    const [failure] = await asked(look, async () => [await client.lastFailure(datasource)]);
    if (failure !== undefined) problems.push(failing(names, stream, failure));
    found.set(stream.name, failure === undefined ? status : { ...status, druid: 'failing' });
  }
  return found;
}

function failing(names: Names, stream: StreamDefinition, { taskId, why }: TaskFailure): string {
  const topic = names.cleanTopic(stream.name);
  return `stream ${stream.name}: Druid's tasks for it fail one after the other, and take in nothing of ${topic} from there on: ${why} (task ${taskId}). A record that Druid cannot read was not written by millrace: who else writes to that topic? To go on behind it, reset the offsets of supervisor '${names.datasource(stream)}' in Druid.`;
}

function druidStatus(config: Config, id: string, live: DruidObject | undefined): DruidStatus {
  if (live?.kind !== 'supervisor') return { druid: 'absent' };
  if (!live.isSuspended) return { druid: 'supervised' };
  return { druid: 'suspended', resume: resumeCommand(config.druid, id) };
}

/** `supervised`, `absent`, `-` where Druid did not answer; `suspended; to resume it: curl …`. */
export function druidText({ druid, resume }: DruidStatus): string {
  return `${druid ?? '-'}${resume === undefined ? '' : `; to resume it: ${resume}`}`;
}

/** Counters and lag of a stream, from what its consumer has committed. */
async function countersOf(kafka: KafkaClient, names: Names, stream: StreamDefinition): Promise<Counters> {
  const topic = names.rawTopic(stream);
  const [bounds, ends, committed] = await Promise.all([
    kafka.bounds(topic),
    kafka.ends(topic),
    kafka.committed(names.consumerGroup(stream.name), topic),
  ]);
  const counters = { ...NO_COUNTS, lag: 0 };
  for (const [partition, { low, high }] of bounds) {
    const end = ends.get(partition) ?? high;
    const position = committed.get(partition);
    Object.assign(counters, addCounts(counters, decodeCommit(position?.metadata)?.counts ?? NO_COUNTS));
    counters.lag += Number(end - (position?.offset ?? low));
  }
  return counters;
}

/** Several workers may share a stream's partitions: one in trouble is what matters. */
function stateOf(stream: string, consumers: KnownConsumer[]): StreamStatus['state'] {
  const states = consumers.filter((consumer) => consumer.stream === stream).map(({ state }) => state);
  return states.find((state) => state !== 'running') ?? states[0] ?? 'no worker';
}

function unconsumed(stream: string): string {
  return `stream ${stream}: no worker with the role 'ingest' has said anything for 15 s. Start one: 'millrace worker', or 'npm start' for all of this machine.`;
}
