import type { CalendarSpec, ScheduleSpec } from '@temporalio/client';
import { intervalsBetween, slotOf } from '../definition/calendar.ts';
import type { Calendar } from '../definition/definition.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** Years that are computed exactly. Later ones repeat the last of them until an apply computes them too. */
const EXACT_YEARS = 4;
/** The last year that a Temporal calendar accepts: an open end. */
const LAST_YEAR = 2100;

const MONTHS = [
  'JANUARY',
  'FEBRUARY',
  'MARCH',
  'APRIL',
  'MAY',
  'JUNE',
  'JULY',
  'AUGUST',
  'SEPTEMBER',
  'OCTOBER',
  'NOVEMBER',
  'DECEMBER',
] as const;

/**
 * When Temporal starts the runs of a calendar: exactly at the slots of its intervals.
 *
 * Days of a zone are spelt out in UTC. Temporal matches a zone's clock literally: a slot that a clock change skips
 * would never fire, one that it repeats would fire twice, and nothing in a spec can tell the two apart. It also
 * leaves one zone database, the one that computes the intervals, instead of two that may differ.
 *
 * @param now decides which years are exact; within a calendar year the result is the same
 */
export function scheduleSpec(calendar: Calendar, offsetMs: number, now: Date): ScheduleSpec {
  if (calendar.kind !== 'day') {
    const everyMs = calendar.kind === 'hour' ? 60 * MINUTE_MS : calendar.n * MINUTE_MS;
    return { intervals: [{ every: everyMs, offset: offsetMs % everyMs }] };
  }
  if (calendar.zone === 'UTC') return { intervals: [{ every: DAY_MS, offset: offsetMs % DAY_MS }] };
  return { calendars: slotCalendars(calendar, offsetMs, now.getUTCFullYear()), timezone: 'UTC' };
}

/** Consecutive days of one month whose slots share a time of day. */
interface Run {
  year: number;
  month: number;
  /** Seconds after midnight UTC. */
  time: number;
  first: number;
  last: number;
}

/** The same run of days in several years. */
interface YearlyRun extends Run {
  years: Set<number>;
  isWholeMonth: boolean;
}

function slotCalendars(calendar: Calendar, offsetMs: number, firstYear: number): CalendarSpec[] {
  const yearly = new Map<string, YearlyRun>();
  for (const run of slotRuns(calendar, offsetMs, firstYear)) {
    const isWholeMonth = run.first === 1 && run.last === daysIn(run.year, run.month);
    const key = [run.time, run.month, run.first, isWholeMonth ? 'end' : run.last].join();
    const same = yearly.get(key) ?? { ...run, years: new Set(), isWholeMonth };
    same.years.add(run.year);
    yearly.set(key, same);
  }
  const always = [...yearly.values()].filter((run) => run.isWholeMonth && run.years.size === EXACT_YEARS);
  const changing = [...yearly.values()].filter((run) => !always.includes(run));
  return [
    ...[...new Set(always.map(({ time }) => time))].map((time) => ({
      ...timeOfDay(time),
      ...months(always.filter((run) => run.time === time)),
    })),
    ...changing.map((run) => ({
      ...timeOfDay(run.time),
      ...months([run]),
      ...(run.isWholeMonth ? {} : { dayOfMonth: { start: run.first, end: run.last } }),
      ...years(run.years, firstYear),
    })),
  ];
}

/** Every slot of the exact years, the days of a month that share a time of day in one run. */
function slotRuns(calendar: Calendar, offsetMs: number, firstYear: number): Run[] {
  const from = new Date(Date.UTC(firstYear, 0, 1) - offsetMs - 2 * DAY_MS);
  const to = new Date(Date.UTC(firstYear + EXACT_YEARS, 0, 1) - offsetMs);
  const open = new Map<number, Run>();
  const runs: Run[] = [];
  for (const interval of intervalsBetween(calendar, from, to)) {
    const slot = new Date(slotOf(interval, offsetMs));
    const year = slot.getUTCFullYear();
    const month = slot.getUTCMonth();
    const day = slot.getUTCDate();
    if (year < firstYear || year >= firstYear + EXACT_YEARS) continue;
    const time = (slot.getTime() % DAY_MS) / 1000;
    const run = open.get(time);
    if (run?.year === year && run.month === month && run.last === day - 1) run.last = day;
    else {
      const begun = { year, month, time, first: day, last: day };
      open.set(time, begun);
      runs.push(begun);
    }
  }
  return runs;
}

function timeOfDay(time: number): CalendarSpec {
  return { hour: Math.floor(time / 3600), minute: Math.floor(time / 60) % 60, second: time % 60 };
}

function months(runs: readonly Run[]): CalendarSpec {
  const names = runs.flatMap(({ month }) => MONTHS[month] ?? []);
  return names.length === MONTHS.length ? {} : { month: names };
}

function years(of: ReadonlySet<number>, firstYear: number): CalendarSpec {
  if (of.size === EXACT_YEARS) return {};
  const lastExact = firstYear + EXACT_YEARS - 1;
  return { year: [...of].map((year) => (year === lastExact ? { start: year, end: LAST_YEAR } : year)) };
}

function daysIn(year: number, month: number): number {
  return new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
}
