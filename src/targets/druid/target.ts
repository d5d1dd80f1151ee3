import { connectDruid, type DruidClient } from '../../clients/druid.ts';
import type { Config } from '../../config.ts';
import { ofKind } from '../../definition/definition.ts';
import { diffByFields } from '../difference.ts';
import type { Desired, Facts, Fields, Live, Owned, Step, Target } from '../target.ts';
import { specFields } from './fields.ts';
import { druidConsumerProperties, supervisorSpec } from './spec.ts';

interface DesiredSupervisor extends Desired {
  spec: ReturnType<typeof supervisorSpec>;
}

interface LiveSupervisor extends Live {
  isRunning: boolean;
  isSuspended: boolean;
}

/**
 * The supervisors of the streams. An operator may suspend one; apply keeps it suspended. Posting a spec restarts the
 * tasks, so apply posts only a spec that differs.
 */
export function openDruid(config: Config): Target<DesiredSupervisor, LiveSupervisor> {
  const druid = connectDruid(config.druid);
  return {
    system: 'druid',
    desired: desiredSupervisors,
    live: (desired, owned) => liveSupervisors(druid, desired, owned),
    diff: (desired, live, owned) => diffByFields('druid', desired, live, owned),
    carryOut: (step) => carryOut(druid, step),
    foreign: (id) =>
      `Druid already has a supervisor '${id}' that millrace did not make. Rename the stream, or give it another version; or terminate that supervisor if it is not needed.`,
    close: async () => undefined,
  };
}

function desiredSupervisors({ config, definitions, names }: Facts): DesiredSupervisor[] {
  const consumerProperties = druidConsumerProperties(config.kafka);
  return ofKind([...definitions.values()], 'stream').map((stream) => {
    const spec = supervisorSpec(stream, names, consumerProperties);
    const object = names.datasource(stream);
    return { object, fields: specFields(spec, object), spec };
  });
}

async function liveSupervisors(
  druid: DruidClient,
  desired: readonly DesiredSupervisor[],
  owned: Owned,
): Promise<ReadonlyMap<string, LiveSupervisor>> {
  const wanted = new Set(desired.map(({ object }) => object));
  const leftovers = [...owned.keys()].filter((id) => !wanted.has(id));
  if (wanted.size + leftovers.length === 0) return new Map();
  const live = new Map<string, LiveSupervisor>();
  const filled = leftovers.length === 0 ? new Set<string>() : await druid.datasources();
  for (const [id, spec] of await druid.supervisors()) {
    if (wanted.has(id) || owned.has(id)) live.set(id, running(spec, id));
  }
  for (const id of leftovers) {
    if (filled.has(id) && !live.has(id)) {
      live.set(id, { fields: {}, isRunning: false, isSuspended: false, data: 'all' });
    }
  }
  return live;
}

function running(spec: Fields, id: string): LiveSupervisor {
  const isSuspended = spec['suspended'] === true;
  return { fields: specFields(spec, id), isRunning: true, isSuspended, data: 'beside' };
}

async function carryOut(
  druid: DruidClient,
  { action, object, desired, live, dropsData }: Step<DesiredSupervisor, LiveSupervisor>,
): Promise<undefined> {
  if (action === 'retire') {
    if (live?.isRunning === true) await druid.terminateSupervisor(object);
    if (dropsData === true) await druid.dropDatasource(object);
  } else if (desired !== undefined) {
    await druid.postSupervisor(
      live?.isSuspended === true ? { ...desired.spec, suspended: true } : desired.spec,
    );
  }
}
