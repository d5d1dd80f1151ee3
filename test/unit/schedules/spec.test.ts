import type { CalendarSpec, ScheduleSpec } from '@temporalio/client';
import { describe, expect, test } from 'vitest';
import { intervalsBetween, slotOf } from '../../../src/definition/calendar.ts';
import { scheduleSpec } from '../../../src/schedules/spec.ts';

const NOW = new Date('2026-11-22T12:00:00Z');
const DAY_MS = 86_400_000;
const MONTHS = 'JANUARY FEBRUARY MARCH APRIL MAY JUNE JULY AUGUST SEPTEMBER OCTOBER NOVEMBER DECEMBER'.split(
  ' ',
);

/** Does Temporal's literal matching accept the value? Mirrors the client's encoding: a range without end ends at 1. */
function accepts(field: unknown, value: number | string, absent: unknown): boolean {
  const wanted = field ?? absent;
  if (wanted === '*') return true;
  return (Array.isArray(wanted) ? wanted : [wanted]).some((item: unknown) => {
    if (typeof item !== 'object' || item === null) return item === value;
    const { start, end = 1 } = item as { start: number; end?: number };
    return typeof value === 'number' && value >= start && value <= end;
  });
}

function fires(spec: CalendarSpec, at: Date): boolean {
  return (
    accepts(spec.second, at.getUTCSeconds(), 0) &&
    accepts(spec.minute, at.getUTCMinutes(), 0) &&
    accepts(spec.hour, at.getUTCHours(), 0) &&
    accepts(spec.dayOfMonth, at.getUTCDate(), '*') &&
    accepts(spec.month, MONTHS[at.getUTCMonth()] ?? '', '*') &&
    accepts(spec.year, at.getUTCFullYear(), '*')
  );
}

/** Every time at which the spec fires: each day, each time of day that one of its calendars names is tried. */
function firings(spec: ScheduleSpec, from: Date, to: Date): string[] {
  expect(spec.timezone).toBe('UTC');
  const calendars = spec.calendars ?? [];
  const seconds = new Set(
    calendars.map(({ hour, minute, second }) => Number(hour) * 3600 + Number(minute) * 60 + Number(second)),
  );
  const times = [...seconds].sort((a, b) => a - b);
  const fired: string[] = [];
  for (let dayMs = from.getTime(); dayMs < to.getTime(); dayMs += DAY_MS) {
    for (const at of times.map((time) => new Date(dayMs + time * 1000))) {
      const count = calendars.filter((calendar) => fires(calendar, at)).length;
      if (count > 0) fired.push(at.toISOString().replace('.000Z', 'Z'));
    }
  }
  return fired;
}

test.each([
  [{ kind: 'hour' } as const, 0, { every: 3_600_000, offset: 0 }],
  [{ kind: 'hour' } as const, 9_000_000, { every: 3_600_000, offset: 1_800_000 }],
  [{ kind: 'minutes', n: 5 } as const, 600_000, { every: 300_000, offset: 0 }],
  [{ kind: 'minutes', n: 15 } as const, 90_000, { every: 900_000, offset: 90_000 }],
  [{ kind: 'day', zone: 'UTC' } as const, 600_000, { every: DAY_MS, offset: 600_000 }],
])('%j with an offset of %d ms is an interval counted from the epoch', (calendar, offset, expected) => {
  expect(scheduleSpec(calendar, offset, NOW)).toEqual({ intervals: [expected] });
});

describe.each([
  ...['Europe/Berlin', 'Europe/London', 'Africa/Cairo', 'Asia/Beirut', 'America/Santiago', 'America/Havana'],
  ...['Atlantic/Azores', 'Australia/Lord_Howe', 'Asia/Kolkata'],
])('days in %s', (zone) => {
  const calendar = { kind: 'day', zone } as const;

  test.each([0, 600_000, 9_000_000, 26 * 3_600_000])(
    'fire at their slots and at no other time, offset %d ms',
    (offset) => {
      const [from, to] = [new Date('2027-01-01T00:00:00Z'), new Date('2028-06-01T00:00:00Z')];
      const wanted = [...intervalsBetween(calendar, new Date(from.getTime() - 4 * DAY_MS), to)]
        .map((interval) => slotOf(interval, offset))
        .filter((slot) => Date.parse(slot) >= from.getTime() && Date.parse(slot) < to.getTime());
      expect(wanted.length).toBeGreaterThan(500);
      expect(firings(scheduleSpec(calendar, offset, NOW), from, to)).toEqual(wanted);
    },
  );

  test('still fire once a day in years that are not exact yet', () => {
    const spec = scheduleSpec(calendar, 600_000, NOW);
    const times = firings(spec, new Date('2040-01-01T00:00:00Z'), new Date('2041-01-01T00:00:00Z'));
    expect(Math.abs(times.length - 366)).toBeLessThanOrEqual(2);
  });
});

test('a spec stays the same within a year, so that a second apply finds nothing to do', () => {
  const calendar = { kind: 'day', zone: 'Europe/Berlin' } as const;
  expect(scheduleSpec(calendar, 0, new Date('2026-01-01T00:00:00Z'))).toEqual(
    scheduleSpec(calendar, 0, new Date('2026-12-31T23:59:59Z')),
  );
});

test('a zone that does not change its clocks is one entry', () => {
  const spec = scheduleSpec({ kind: 'day', zone: 'Asia/Kolkata' }, 0, NOW);
  expect(spec).toEqual({ calendars: [{ hour: 18, minute: 30, second: 0 }], timezone: 'UTC' });
});
