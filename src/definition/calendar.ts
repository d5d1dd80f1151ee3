import { DateTime, IANAZone } from 'luxon';
import { MillraceError } from '../errors.ts';
import type { Calendar } from './definition.ts';

/** Half-open `[start, end)`; both RFC 3339 in UTC with whole seconds: `2026-01-01T00:00:00Z`. */
export interface Interval {
  start: string;
  end: string;
}

/** A point in time: RFC 3339 text with `Z` or an offset, or a Date. */
export type Instant = string | Date;

const MINUTE_MS = 60_000;
/** No text here depends on it; without one luxon asks the system for its own, which takes 25 ms. */
const LOCALE = 'en-US';
const DAY_MS = 86_400_000;

/**
 * The interval of the calendar that begins exactly at `start`.
 *
 * @param start RFC 3339, or a plain date such as `2026-01-31`, which means the start of that day in the calendar's zone
 * @throws INTERVAL_INVALID naming the two nearest starts
 */
export function intervalStartingAt(calendar: Calendar, start: Instant): Interval {
  const startMs = instantMs(calendar, start);
  const containing = intervalAt(calendar, startMs);
  if (containing.start !== startMs) {
    throw new MillraceError(
      'INTERVAL_INVALID',
      `No interval of ${describeCalendar(calendar)} starts at ${shown(start)}; ` +
        `the nearest starts are ${toText(containing.start)} and ${toText(containing.end)}.`,
      { context: { start: shown(start) } },
    );
  }
  return toInterval(containing);
}

/** The interval that `instant` lies in; an instant on a boundary lies in the interval that begins there. */
export function intervalContaining(calendar: Calendar, instant: Instant): Interval {
  return toInterval(intervalAt(calendar, instantMs(calendar, instant)));
}

/** The end of the last interval that ends by an instant. */
export function lastEndBy(calendar: Calendar, instant: Instant): string {
  return intervalContaining(calendar, instant).start;
}

/** The newest interval whose slot (its end plus `offsetMs`) is not later than `now`. */
export function lastCompleteInterval(calendar: Calendar, offsetMs: number, now: Instant): Interval {
  const dueBefore = instantMs(calendar, now) - offsetMs;
  return toInterval(intervalAt(calendar, intervalAt(calendar, dueBefore).start - 1));
}

/** The interval whose slot is exactly `slot`; undefined where no interval is due then. */
export function intervalOfSlot(calendar: Calendar, offsetMs: number, slot: Instant): Interval | undefined {
  const endMs = instantMs(calendar, slot) - offsetMs;
  const ending = intervalAt(calendar, endMs - 1);
  return ending.end === endMs ? toInterval(ending) : undefined;
}

/** When the interval's run is due: its end plus `offsetMs`. RFC 3339, UTC, whole seconds. */
export function slotOf(interval: Interval, offsetMs: number): string {
  return toText(Date.parse(interval.end) + offsetMs);
}

/**
 * The intervals whose start lies in `[from, to)`, oldest first. Neither bound needs to be a boundary; plain dates
 * are days of the calendar's zone.
 */
export function* intervalsBetween(calendar: Calendar, from: Instant, to: Instant): Generator<Interval> {
  const fromMs = instantMs(calendar, from);
  const endMs = instantMs(calendar, to);
  let current = intervalAt(calendar, fromMs);
  if (current.start < fromMs) current = intervalAt(calendar, current.end);
  for (; current.start < endMs; current = intervalAt(calendar, current.end)) yield toInterval(current);
}

/**
 * The day that the calendar's clocks show at an instant, `2026-01-31`: in the zone of days, else in UTC.
 * @param ms the instant, in milliseconds since 1970
 */
export function dateAt(calendar: Calendar, ms: number): string {
  const isLocal = calendar.kind === 'day' && calendar.zone !== 'UTC';
  const shownMs = isLocal ? wallClock(IANAZone.create(calendar.zone), ms) : ms;
  return new Date(shownMs).toISOString().slice(0, 10);
}

/** The calendar in the words of a definition file: `every.day('Europe/Berlin')`. */
export function describeCalendar(calendar: Calendar): string {
  if (calendar.kind === 'minutes') return `every.minutes(${calendar.n})`;
  return calendar.kind === 'hour' ? 'every.hour()' : `every.day('${calendar.zone}')`;
}

interface Span {
  start: number;
  end: number;
}

function intervalAt(calendar: Calendar, ms: number): Span {
  if (calendar.kind === 'day' && calendar.zone !== 'UTC')
    return localDayAt(IANAZone.create(calendar.zone), ms);
  const lengthMs =
    calendar.kind === 'day' ? DAY_MS : calendar.kind === 'hour' ? 60 * MINUTE_MS : calendar.n * MINUTE_MS;
  const start = Math.floor(ms / lengthMs) * lengthMs;
  return { start, end: start + lengthMs };
}

function localDayAt(zone: IANAZone, ms: number): Span {
  let dayMs = Math.floor(wallClock(zone, ms) / DAY_MS) * DAY_MS;
  let start = startOfLocalDay(zone, dayMs);
  // Where clocks went back over midnight, an instant can show yesterday's date after today has begun.
  for (; start > ms; start = startOfLocalDay(zone, dayMs)) dayMs -= DAY_MS;
  for (;;) {
    dayMs += DAY_MS;
    const end = startOfLocalDay(zone, dayMs);
    if (end > ms) return { start, end };
    start = end;
  }
}

/** Asking the zone database is slow (20 µs), and days are asked for again and again. */
const dayStarts = new Map<string, number>();
const MAX_DAY_STARTS = 20_000;

/**
 * The first instant at which the zone's clocks show that date or a later one. Not always midnight: where a clock
 * change skips midnight the day begins at 01:00, and where midnight comes twice it begins at the first.
 *
 * @param dayMs the date, as the milliseconds of its midnight if the zone were UTC
 */
function startOfLocalDay(zone: IANAZone, dayMs: number): number {
  const key = `${zone.name} ${dayMs}`;
  const known = dayStarts.get(key);
  if (known !== undefined) return known;
  if (dayStarts.size >= MAX_DAY_STARTS) dayStarts.clear();
  const start = findStartOfLocalDay(zone, dayMs);
  dayStarts.set(key, start);
  return start;
}

function findStartOfLocalDay(zone: IANAZone, dayMs: number): number {
  const offsets = [zone.offset(dayMs - DAY_MS), zone.offset(dayMs + DAY_MS)];
  let early = dayMs - Math.max(...offsets) * MINUTE_MS;
  let late = dayMs - Math.min(...offsets) * MINUTE_MS;
  if (early === late || wallClock(zone, early) >= dayMs) return early;
  // Midnight fell into a gap, or came only after a fall-back: find the change to the millisecond.
  while (late - early > 1) {
    const middle = Math.floor((early + late) / 2);
    if (wallClock(zone, middle) >= dayMs) late = middle;
    else early = middle;
  }
  return late;
}

/** What the zone's clocks show at that instant, as the milliseconds of the same reading in UTC. */
function wallClock(zone: IANAZone, ms: number): number {
  return ms + zone.offset(ms) * MINUTE_MS;
}

/**
 * An instant in milliseconds since 1970; a date is the beginning of that day of the calendar.
 * @throws INTERVAL_INVALID
 */
export function instantMs(calendar: Calendar, instant: Instant): number {
  if (instant instanceof Date) return instant.getTime();
  if (/^\d{4}-\d{2}-\d{2}$/.test(instant)) {
    const dayMs = DateTime.fromISO(instant, { zone: 'utc', locale: LOCALE }).toMillis();
    const zone = calendar.kind === 'day' ? calendar.zone : 'UTC';
    if (!Number.isNaN(dayMs)) return zone === 'UTC' ? dayMs : startOfLocalDay(IANAZone.create(zone), dayMs);
  }
  const parsed = DateTime.fromISO(instant, { locale: LOCALE });
  // Without a zone the text would mean another instant on every machine.
  if (!parsed.isValid || !/T.*(Z|[+-]\d{2}:?\d{2})$/i.test(instant)) {
    throw new MillraceError(
      'INTERVAL_INVALID',
      `${shown(instant)} is not an instant; write it as '2026-01-31T05:00:00Z' or as the date '2026-01-31'.`,
    );
  }
  return parsed.toMillis();
}

function toInterval(span: Span): Interval {
  return { start: toText(span.start), end: toText(span.end) };
}

function toText(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}

function shown(instant: Instant): string {
  return instant instanceof Date ? toText(instant.getTime()) : `'${instant.slice(0, 40)}'`;
}
