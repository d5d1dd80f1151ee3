import type { Names } from '../names.ts';
import { diffByFields } from '../targets/difference.ts';
import type { Difference, Owned, Step } from '../targets/target.ts';
import type { DesiredSchedule } from './desired.ts';
import type { Gaps } from './left-out.ts';
import type { LiveSchedule } from './live.ts';

/** Field by field; and what a smaller offset would leave to no slot. */
export function diffSchedules(
  names: Names,
  desired: readonly DesiredSchedule[],
  live: ReadonlyMap<string, LiveSchedule>,
  owned: Owned,
): Step<DesiredSchedule, LiveSchedule>[] {
  return diffByFields('temporal', desired, live, owned).map((step) => {
    const differences = step.differences.map((one) =>
      isTold(one, step.differences) ? { ...one, isEcho: true as const } : one,
    );
    const gaps = step.live?.gaps;
    if (step.desired === undefined || gaps === undefined) return { ...step, differences };
    const isPaused = step.live?.paused !== null;
    return { ...step, differences, note: leftOutText(names, step.desired.table.name, gaps, isPaused) };
  });
}

/** Mostly another offset shows in the times of the schedule. */
function isTold({ path: [field] }: Difference, all: readonly Difference[]): boolean {
  return (
    field === 'offsetMs' && all.some(({ path: [other = ''] }) => ['intervals', 'calendars'].includes(other))
  );
}

/** Says what a smaller offset leaves to no slot, and what loads it. Of a paused schedule that is for the operator to do. */
export function leftOutText(
  names: Names,
  table: string,
  { from, to, intervals }: Gaps,
  isPaused: boolean,
): string {
  const which = `${intervals} interval${intervals === 1 ? '' : 's'} from ${from} to ${to}`;
  const left = `${which} fell between the former slots and these`;
  return isPaused
    ? `${left}; it is paused, so nothing loads them until you do: millrace backfill ${table} --from ${from} --to ${to}`
    : `${left}: backfill ${names.backfillId(table, from, to)} loads them`;
}
