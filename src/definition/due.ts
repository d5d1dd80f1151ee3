import { MillraceError } from '../errors.ts';
import { instantMs, type Interval } from './calendar.ts';
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

/** Refuses an interval before the first that there is: its source is not asked for it. @throws INTERVAL_BEFORE_SINCE */
export function refuseBeforeSince(definition: TableDefinition, interval: Interval): void {
  const beginning = beginningMs(definition);
  if (beginning === undefined || Date.parse(interval.start) >= beginning) return;
  const since = sinceOf(definition);
  throw new MillraceError(
    'INTERVAL_BEFORE_SINCE',
    `${definition.name} ${interval.start} lies before ${since}, where the definition says that its rows begin ('since').`,
    { context: { table: definition.name, interval: interval.start, since } },
  );
}

/** Where the rows of a table begin, in milliseconds since 1970; undefined: its definition does not say. */
export function beginningMs(definition: TableDefinition): number | undefined {
  const since = sinceOf(definition);
  return since === undefined ? undefined : instantMs(definition.calendar, since);
}

/** The same as its definition writes it. */
function sinceOf(definition: TableDefinition): string | undefined {
  return definition.kind === 'pull' ? definition.since : undefined;
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
