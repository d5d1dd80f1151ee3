import type { Calendar } from '../definition/definition.ts';
import { zoneProblem } from '../definition/zone.ts';
import { shown } from '../wording.ts';

const EVERY = Symbol.for('millrace.every');
const MINUTES_PER_DAY = 1440;

/** A calendar as a definition file writes it; `problem` says what is wrong with its argument. */
export interface Every {
  readonly [EVERY]: true;
  readonly calendar: Calendar;
  readonly problem?: string;
}

/** The calendars: how a definition tiles the time line into intervals. */
export const every = {
  /** Intervals of n minutes, counted from midnight UTC, so n divides the day: 1, 5, 15, 30 … 720. */
  minutes(n: number): Every {
    return choice({ kind: 'minutes', n }, minutesProblem(n));
  },

  /** The hours of the clock, in UTC. */
  hour(): Every {
    return choice({ kind: 'hour' });
  },

  /** Local days of an IANA zone, 23 to 25 hours long where clocks change. Default: UTC. */
  day(zone = 'UTC'): Every {
    return choice({ kind: 'day', zone }, zoneProblem('every.day', zone));
  },
};

/** Is this what `every` gave back? */
export function isEvery(value: unknown): value is Every {
  return typeof value === 'object' && value !== null && EVERY in value;
}

function choice(calendar: Calendar, problem?: string): Every {
  return { [EVERY]: true, calendar, ...(problem === undefined ? {} : { problem }) };
}

function minutesProblem(n: unknown): string | undefined {
  if (n === 60) return 'every.minutes(60) has a name of its own; use every.hour().';
  if (n === MINUTES_PER_DAY) return 'every.minutes(1440) has a name of its own; use every.day().';
  if (typeof n === 'number' && Number.isInteger(n) && n > 0 && MINUTES_PER_DAY % n === 0) return undefined;
  return (
    `every.minutes(${shown(n)}) does not tile the day: intervals are counted from midnight UTC, ` +
    'so use a whole number that divides 1440, such as 1, 5, 10, 15, 20, 30 or 120.'
  );
}
