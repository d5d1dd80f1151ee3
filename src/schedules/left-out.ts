import { intervalContaining, intervalsBetween, lastCompleteInterval } from '../definition/calendar.ts';
import type { TableDefinition } from '../definition/definition.ts';
import type { Names } from '../names.ts';
import type { Ledger } from '../store/ledger.ts';

/** The offset by which the intervals of a table had their slots, and until when. */
export interface FormerOffset {
  offsetMs: number;
  until: Date;
}

/** Intervals that start in [from, to) and have no slot, and how many of them are not loaded. */
export interface LeftOut {
  from: string;
  to: string;
  intervals: number;
}

/**
 * The intervals that a smaller offset leaves to no slot: by the former one they were not yet due when it ended, and by
 * this one they are due already. A schedule looks ahead alone, so it starts no run for them.
 * @returns undefined where there are none, or all are loaded
 */
export async function leftOut(
  ledger: Pick<Ledger, 'loadedStarts'>,
  table: TableDefinition,
  former: FormerOffset,
  now: Date,
): Promise<LeftOut | undefined> {
  const { calendar, offsetMs, name } = table;
  // What ended then, or before, has had its slot.
  const lastEnd = new Date(former.until.getTime() - former.offsetMs);
  const from = intervalContaining(calendar, lastEnd).start;
  const to = lastCompleteInterval(calendar, offsetMs, now).end;
  if (from >= to) return undefined;
  const loaded = await ledger.loadedStarts(name, from, to);
  const gaps = [...intervalsBetween(calendar, from, to)].filter(({ start }) => !loaded.has(start));
  return gaps.length === 0 ? undefined : { from, to, intervals: gaps.length };
}

/** Says what is left out, and what loads it. Of a paused schedule that is for the operator to do. */
export function leftOutText(
  names: Names,
  table: string,
  { from, to, intervals }: LeftOut,
  isPaused: boolean,
): string {
  const [which, them] =
    intervals === 1 ? ['1 interval that starts', 'it'] : [`${intervals} intervals that start`, 'them'];
  const skipped = `The smaller offset skips ${which} in [${from}, ${to}).`;
  return isPaused
    ? `${skipped} The schedule is paused, so nothing loads ${them} until you do: npx millrace backfill ${table} --from ${from} --to ${to}`
    : `${skipped} apply starts backfill ${names.backfillId(table, from, to)} to load ${them}.`;
}

/** Said where `leftOutText` was planned, and nothing of it was left to do. */
export const LOADED_MEANWHILE = 'The skipped intervals have been loaded meanwhile. No backfill was started.';
