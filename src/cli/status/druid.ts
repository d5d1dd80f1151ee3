import { connectDruid, type DruidClient } from '../../clients/druid.ts';
import { resumeCommand } from '../../clients/druid-supervisors.ts';
import type { KafkaClient } from '../../clients/kafka/port.ts';
import type { StreamDefinition } from '../../definition/definition.ts';
import { failureText, type IntakeState, progressOf } from '../../intake/index.ts';
import type { DruidObject } from '../../targets/druid/objects.ts';
import { openDruid } from '../../targets/druid/target.ts';
import { driftText, driftsByObject } from './drift.ts';
import { asked, type Look } from './look.ts';
import { stuckText } from './druid-stuck.ts';

/**
 * How Druid takes in a clean topic. `supervised`: it has read everything; `catching up`: it was seen to read on;
 * `starting`: it was not, but has only just begun, or what it has to read has only just arrived; `stuck`: it does not
 * move; `failing`: its tasks fail one after the other. An operator may suspend its supervisor.
 */
export type DruidState =
  'supervised' | 'catching up' | 'starting' | 'stuck' | 'failing' | 'suspended' | 'absent';

export interface DruidStatus {
  druid: DruidState | null;
  /** Has Druid go on with a suspended supervisor. */
  resume?: string;
}

/** How Druid takes in each stream, by its name. What keeps it from doing so is a problem; a suspension is none. */
export async function druidOf(
  look: Look,
  streams: StreamDefinition[],
  kafka: KafkaClient,
): Promise<Map<string, DruidStatus>> {
  const { config, names, problems } = look;
  const steps = [...(await driftsByObject(look, openDruid, streams)).values()];
  const druid = connectDruid(config.druid);
  const looked = streams.map(async (stream): Promise<[string, DruidStatus][]> => {
    const step = steps.find(({ desired }) => desired?.datasource === names.datasource(stream));
    if (step === undefined) return [];
    const called = {
      what: `its Druid ${step.object}`,
      without: 'Druid takes in none of its events',
    };
    const drift = driftText(step, called);
    if (drift !== undefined) problems.push(`stream ${stream.name}: ${drift}`);
    const [status] = await asked(look, async () => [
      await statusOf(look, { druid, kafka }, stream, step.live),
    ]);
    return [[stream.name, status ?? { druid: null }]];
  });
  return new Map((await Promise.all(looked)).flat());
}

const STATES: Record<IntakeState['state'], DruidState> = {
  done: 'supervised',
  moving: 'catching up',
  starting: 'starting',
  stuck: 'stuck',
  failing: 'failing',
};

async function statusOf(
  look: Look,
  clients: { druid: DruidClient; kafka: KafkaClient },
  stream: StreamDefinition,
  live: DruidObject | undefined,
): Promise<DruidStatus> {
  const { config, names, problems } = look;
  const id = names.datasource(stream);
  if (live?.kind !== 'supervisor') return { druid: 'absent' };
  if (live.isSuspended) return { druid: 'suspended', resume: resumeCommand(config.druid, id) };
  const intake = await progressOf({ names, ...clients }, stream);
  if (intake === undefined) return { druid: 'absent' };
  if (intake.state === 'stuck') problems.push(stuckText(config.druid, stream.name, intake));
  if (intake.state === 'failing') problems.push(failingText(look, stream, intake));
  return { druid: STATES[intake.state] };
}

function failingText(
  { config, names }: Look,
  stream: StreamDefinition,
  { failure }: Extract<IntakeState, { state: 'failing' }>,
): string {
  const fails = `stream ${stream.name}: ${failureText(failure)}`;
  if (!failure.isOfRecord) {
    const log = `${config.druid.url}/druid/indexer/v1/task/${failure.taskId}/log`;
    return `${fails}. Nothing of what they read is kept. The log of the task says more: ${log}`;
  }
  const reset = `reset the offsets of supervisor '${names.datasource(stream)}' in Druid`;
  return `${fails}. From there on they take in nothing of ${names.cleanTopic(stream.name)}. A record that Druid cannot read was not written by millrace: who else writes to that topic? To go on behind it, ${reset}.`;
}

/** `supervised`, `absent`, `-` where Druid did not answer; `suspended; to resume it: curl …`. */
export function druidText({ druid, resume }: DruidStatus): string {
  return `${druid ?? '-'}${resume === undefined ? '' : `; to resume it: ${resume}`}`;
}
