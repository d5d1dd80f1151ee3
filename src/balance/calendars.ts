import type { Calendar } from '../definition/definition.ts';
import { readersOf } from '../definition/readers.ts';
import type { Applied } from '../store/catalogue.ts';

/** The calendars of the tables that are loaded from a stream. */
export function calendarsOf(stream: string, applied: Iterable<Applied>): Calendar[] {
  const definitions = [...applied].map(({ definition }) => definition);
  return readersOf(stream, definitions).map(({ calendar }) => calendar);
}

const LENGTH = { minutes: 0, hour: 60, day: 1_440 } as const;

/** The intervals by which differences are named: those of the finest reader; hours, where nothing reads the stream. */
export function finest(calendars: readonly Calendar[]): Calendar {
  const length = (calendar: Calendar) => (calendar.kind === 'minutes' ? calendar.n : LENGTH[calendar.kind]);
  const [first = { kind: 'hour' } as const] = [...calendars].sort((a, b) => length(a) - length(b));
  return first;
}
