import type { CleanBook } from './books/clean.ts';

/** As far as the clock of an event's maker may go ahead of Kafka's. */
const AHEAD_MS = 3_600_000;

/**
 * From which event time on the clean topic holds all events, Unix ms; undefined: it holds all that there ever were.
 *
 * Retention removes what arrived first. An event arrives after it happened, so what was removed had happened before the
 * oldest arrival that is still there, give or take a clock.
 */
export function exactFromOf({
  partitions,
  lows,
}: Pick<CleanBook, 'partitions' | 'lows'>): number | undefined {
  const cut = [...lows].filter(([, low]) => low > 0n).map(([partition]) => partitions.get(partition));
  if (cut.length === 0) return undefined;
  return Math.max(...cut.map((partition) => (partition?.firstArrivalMs ?? Infinity) + AHEAD_MS));
}
