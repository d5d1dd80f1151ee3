import { intervalContaining, intervalsBetween, lastCompleteInterval } from '../definition/calendar.ts';
import type { TableDefinition } from '../definition/definition.ts';
import type { Ledger } from '../store/ledger.ts';

/** The offset by which the intervals of a table had their slots, and until when. */
export interface FormerOffset {
  offsetMs: number;
  until: Date;
}

/** Intervals that start in [from, to), and how many of them are not loaded. */
export interface Gaps {
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
): Promise<Gaps | undefined> {
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
