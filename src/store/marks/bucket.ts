import type { Calendar } from '../../definition/definition.ts';

/** As coarse as a bucket of event time is written. Zones shift days by multiples of it. */
const MAX_MINUTES = 15;
const MINUTE_MS = 60_000;

/**
 * How long the buckets of a stream are whose readers have these calendars: as long as their boundaries allow, and at
 * most 15 minutes. Buckets are counted from the epoch.
 *
 * Where a zone's clocks once differed by odd minutes, a bucket reaches over a boundary and counts for both intervals.
 */
export function bucketMsFor(calendars: readonly Calendar[]): number {
  const grid = calendars.map(gridMinutes).reduce(greatestCommonDivisor, 0);
  let minutes = MAX_MINUTES;
  while (grid % minutes !== 0) minutes--;
  return minutes * MINUTE_MS;
}

/** The boundaries of a calendar are multiples of this. */
function gridMinutes(calendar: Calendar): number {
  if (calendar.kind === 'minutes') return calendar.n;
  if (calendar.kind === 'hour') return 60;
  return calendar.zone === 'UTC' ? 1_440 : MAX_MINUTES;
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
