import { MillraceError } from '../errors.ts';
import type { Interval } from './calendar.ts';
import { isTable, type Definition, type TableDefinition } from './definition.ts';

/**
 * Refuses an interval whose slot has not come, before anything is started: a closed run that holds a future slot's
 * workflow id would make the schedule skip that slot.
 * @throws INTERVAL_IN_FUTURE
 */
export function refuseFuture(table: string, interval: Interval, slot: string, now: Date): void {
  if (Date.parse(slot) <= now.getTime()) return;
  throw new MillraceError(
    'INTERVAL_IN_FUTURE',
    `${table} ${interval.start} is due at ${slot}, and now it is ${now.toISOString()}. Its schedule will run it then.`,
    { context: { table, interval: interval.start, slot } },
  );
}

/** Refuses a definition that has no intervals: only pulls and rollups do. @throws NO_INTERVALS */
export function refuseWithoutIntervals(definition: Definition): asserts definition is TableDefinition {
  if (isTable(definition)) return;
  throw new MillraceError(
    'NO_INTERVALS',
    `'${definition.name}' is a ${definition.kind}: it has no intervals to load. ${REMEDY[definition.kind]}`,
  );
}

const REMEDY: Record<Exclude<Definition['kind'], TableDefinition['kind']>, string> = {
  stream: 'Its events flow by themselves; run a rollup that reads it.',
  view: 'It is computed when it is read; run the tables that it reads.',
  external: 'Somebody else fills it.',
};
