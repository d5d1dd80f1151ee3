import type { Names } from '../names.ts';
import { diffByFields } from '../targets/difference.ts';
import type { Difference, Owned, Step } from '../targets/target.ts';
import type { DesiredSchedule } from './desired.ts';
import type { OffsetBefore } from './former-offset.ts';
import { leftOutText } from './left-out.ts';
import type { LiveSchedule } from './live.ts';

/** Field by field; and what a smaller offset would leave to no slot. */
export function diffSchedules(
  names: Names,
  desired: readonly DesiredSchedule[],
  live: ReadonlyMap<string, LiveSchedule>,
  before: ReadonlyMap<string, OffsetBefore>,
  owned: Owned,
): Step<DesiredSchedule, LiveSchedule>[] {
  const wanted = new Map(desired.map(({ object, fields }) => [object, fields['offsetMs']]));
  const compared = new Map(
    [...live].map(([object, schedule]) => {
      // Where nothing tells which it was, the offset is no difference.
      const offsetMs = before.get(object)?.comparedMs ?? wanted.get(object);
      return [object, { ...schedule, fields: { ...schedule.fields, offsetMs } }];
    }),
  );
  return diffByFields('temporal', desired, compared, owned).map((step) => {
    const differences = step.differences.map((one) =>
      isTold(one, step.differences) ? { ...one, isEcho: true as const } : one,
    );
    const leftOut = before.get(step.object)?.leftOut;
    if (step.desired === undefined || leftOut === undefined) return { ...step, differences };
    const isPaused = step.live?.paused !== null;
    return { ...step, differences, note: leftOutText(names, step.desired.table.name, leftOut, isPaused) };
  });
}

/** Mostly another offset shows in the times of the schedule. */
function isTold({ path: [field] }: Difference, all: readonly Difference[]): boolean {
  return (
    field === 'offsetMs' && all.some(({ path: [other = ''] }) => ['intervals', 'calendars'].includes(other))
  );
}
