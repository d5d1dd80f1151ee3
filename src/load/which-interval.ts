import { isDeepStrictEqual } from 'node:util';
import {
  intervalOfSlot,
  intervalStartingAt,
  lastCompleteInterval,
  slotOf,
  type Interval,
} from '../definition/calendar.ts';
import type { TableDefinition } from '../definition/definition.ts';
import type { Names } from '../names.ts';

/** What a run was given to tell its interval by. */
export interface Asked {
  /** Start of the interval: RFC 3339, or a date of the calendar's zone. */
  interval?: string | undefined;
  /** The slot for which a schedule started the run; of a trigger by hand, the second in which it came. */
  nominalTime?: string | undefined;
}

/** An interval, and what told it. */
export interface Meant {
  interval: Interval;
  by: 'start' | 'slot' | 'former slot' | 'last complete';
}

/**
 * Which interval a run loads: the one that is given; else that of the slot for which it was started; else (a trigger
 * by hand has no slot) the last complete one. Never derived from the time at which the run happens to execute.
 *
 * A run that waited while the definition's `offset` was changed has a slot of the former one, and still means that
 * interval. Nothing but the time tells such a run from a trigger: a trigger in the very second of a former slot is
 * taken for it.
 * @param former the definitions under the same name that were applied before; asked for where no slot fits
 * @throws INTERVAL_INVALID
 */
export async function whichInterval(
  table: TableDefinition,
  { interval, nominalTime }: Asked,
  now: Date,
  former: () => Promise<TableDefinition[]> = async () => [],
): Promise<Meant> {
  const { calendar, offsetMs } = table;
  if (interval !== undefined) return { interval: intervalStartingAt(calendar, interval), by: 'start' };
  if (nominalTime !== undefined) {
    const ofSlot = intervalOfSlot(calendar, offsetMs, nominalTime);
    if (ofSlot !== undefined) return { interval: ofSlot, by: 'slot' };
    const ofFormer = intervalOfFormerSlot(table, await former(), nominalTime, now);
    if (ofFormer !== undefined) return { interval: ofFormer, by: 'former slot' };
  }
  return { interval: lastCompleteInterval(calendar, offsetMs, now), by: 'last complete' };
}

function intervalOfFormerSlot(
  { calendar, offsetMs }: TableDefinition,
  former: TableDefinition[],
  nominalTime: string,
  now: Date,
): Interval | undefined {
  return former
    .filter((version) => isDeepStrictEqual(version.calendar, calendar))
    .flatMap((version) => intervalOfSlot(calendar, version.offsetMs, nominalTime) ?? [])
    .find((interval) => Date.parse(slotOf(interval, offsetMs)) <= now.getTime());
}

/** The one run that may load an interval: its slot, and the workflow id that a schedule gives it. */
export function canonicalRun(
  names: Pick<Names, 'workflowId'>,
  { name, offsetMs }: TableDefinition,
  interval: Interval,
): { slot: string; workflowId: string } {
  const slot = slotOf(interval, offsetMs);
  return { slot, workflowId: names.workflowId(name, slot) };
}
