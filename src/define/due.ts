import { MillraceError } from '../errors.ts';
import { slotOf, type Interval } from './calendar.ts';

/**
 * The slot of an interval that may be loaded now.
 *
 * A future one is refused before anything is started: a closed run that holds a future slot's workflow id would make
 * the schedule skip that slot.
 * @throws INTERVAL_IN_FUTURE
 */
export function dueSlot(table: string, interval: Interval, offsetMs: number, now: Date): string {
  const slot = slotOf(interval, offsetMs);
  if (Date.parse(slot) <= now.getTime()) return slot;
  throw new MillraceError(
    'INTERVAL_IN_FUTURE',
    `${table} ${interval.start} is due at ${slot}, and now it is ${now.toISOString()}. Its schedule will run it then.`,
    { context: { table, interval: interval.start, slot } },
  );
}
