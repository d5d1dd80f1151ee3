import { connectDruid } from '../../clients/druid.ts';
import type { Config } from '../../config.ts';
import { diffByFields } from '../difference.ts';
import type { Owned, Step, Target } from '../target.ts';
import { carryOut } from './carry-out.ts';
import { typeRefusal } from './type-refusal.ts';
import { typesHeld } from './types.ts';
import { desiredSupervisors, liveObjects, type DesiredSupervisor, type DruidObject } from './objects.ts';

/**
 * The supervisors of the streams. An operator may suspend one; apply keeps it suspended. Posting a spec restarts the
 * tasks, so apply posts only a spec that differs. A datasource is made by its supervisor, and stays when that goes.
 */
export function openDruid(config: Config): Target<DesiredSupervisor, DruidObject> {
  const druid = connectDruid(config.druid);
  return {
    system: 'druid',
    desired: desiredSupervisors,
    live: (desired, owned) => liveObjects(druid, desired, owned),
    diff: diffSupervisors,
    carryOut: (step) => carryOut(druid, step),
    foreign: (_object, { datasource }) =>
      `Druid already has a supervisor '${datasource}' that millrace did not make. Rename the stream, or give it another version; or terminate that supervisor if it is not needed.`,
    close: async () => undefined,
  };
}

function diffSupervisors(
  desired: readonly DesiredSupervisor[],
  live: ReadonlyMap<string, DruidObject>,
  owned: Owned,
): Step<DesiredSupervisor, DruidObject>[] {
  const whole = desired.map((one) => ({ ...one, held: typesHeld(owned, one.datasource) }));
  return diffByFields('druid', whole, live, owned).map((step) => {
    const refusal = typeRefusal(step);
    return refusal === undefined ? step : { ...step, refusal };
  });
}
