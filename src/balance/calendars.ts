import { isTable, readsOf, type Calendar } from '../definition/definition.ts';
import type { Applied } from '../store/catalogue.ts';

/** The calendars of the tables that are loaded from a stream. */
export function calendarsOf(stream: string, applied: Iterable<Applied>): Calendar[] {
  return [...applied]
    .map(({ definition }) => definition)
    .filter(isTable)
    .filter((table) => 'sql' in table && readsOf(table.sql).includes(stream))
    .map(({ calendar }) => calendar);
}

const LENGTH = { minutes: 0, hour: 60, day: 1_440 } as const;

/** The intervals by which differences are named: those of the finest reader; hours, where nothing reads the stream. */
export function finest(calendars: readonly Calendar[]): Calendar {
  const length = (calendar: Calendar) => (calendar.kind === 'minutes' ? calendar.n : LENGTH[calendar.kind]);
  const [first = { kind: 'hour' } as const] = [...calendars].sort((a, b) => length(a) - length(b));
  return first;
}
