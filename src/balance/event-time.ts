import { intervalContaining, type Interval } from '../definition/calendar.ts';
import type { Calendar } from '../definition/definition.ts';
import { MillraceError } from '../errors.ts';

/** Numbers of events by stretch of event time: Unix ms of its start. */
export type CountsByTime = Map<number, number>;

/** How event time is cut: stretches so short that every calendar in use has its boundaries between two of them. */
export interface Grid {
  lengthMs: number;
  /** Unix ms, half-open: events before and from there on are left out. */
  fromMs: number;
  toMs: number;
}

/** A count per stretch is held: so many of them, and the memory of a balance stays below 100 MB. */
const MAX_STRETCHES = 500_000;

/** The start of the stretch in which an instant lies; undefined: it is left out. */
export function stretchOf({ lengthMs, fromMs, toMs }: Grid, timeMs: number): number | undefined {
  return timeMs >= fromMs && timeMs < toMs ? Math.floor(timeMs / lengthMs) * lengthMs : undefined;
}

/** @throws INPUT_INVALID for event times that are spread too far to be held */
export function add(counts: CountsByTime, key: number, events = 1): void {
  const before = counts.get(key);
  if (before === undefined && counts.size >= MAX_STRETCHES) {
    throw new MillraceError(
      'INPUT_INVALID',
      `The event times are spread over more than ${MAX_STRETCHES} stretches: give --from and --to.`,
    );
  }
  counts.set(key, (before ?? 0) + events);
}

export function sum(counts: CountsByTime): number {
  return [...counts.values()].reduce((total, count) => total + count, 0);
}

/** The same numbers by interval of a calendar. */
export function byInterval(counts: CountsByTime, calendar: Calendar): CountsByTime {
  const sums: CountsByTime = new Map();
  for (const [stretchMs, events] of counts) {
    add(sums, Date.parse(intervalContaining(calendar, new Date(stretchMs)).start), events);
  }
  return sums;
}

export function intervalAt(calendar: Calendar, startMs: number): Interval {
  return intervalContaining(calendar, new Date(startMs));
}
