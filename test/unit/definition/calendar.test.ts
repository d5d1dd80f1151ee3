import { describe, expect, test } from 'vitest';
import {
  intervalContaining,
  intervalOfSlot,
  intervalsBetween,
  intervalStartingAt,
  lastCompleteInterval,
  slotOf,
} from '../../../src/definition/calendar.ts';
import type { Calendar } from '../../../src/definition/definition.ts';

const HOUR_MS = 3_600_000;
const hour: Calendar = { kind: 'hour' };
const quarter: Calendar = { kind: 'minutes', n: 15 };
const day = (zone = 'UTC'): Calendar => ({ kind: 'day', zone });

test.each([
  ['a plain hour', hour, '2026-01-01T05:59:59Z', '2026-01-01T05:00:00Z', '2026-01-01T06:00:00Z'],
  [
    'a boundary belongs to what begins there',
    hour,
    '2026-01-01T06:00:00Z',
    '2026-01-01T06:00:00Z',
    '2026-01-01T07:00:00Z',
  ],
  [
    'an instant with an offset',
    hour,
    '2026-01-01T05:30:00+05:30',
    '2026-01-01T00:00:00Z',
    '2026-01-01T01:00:00Z',
  ],
  ['a quarter of an hour', quarter, '2025-12-31T23:59:00Z', '2025-12-31T23:45:00Z', '2026-01-01T00:00:00Z'],
  ['before 1970', hour, '1969-12-31T23:30:00Z', '1969-12-31T23:00:00Z', '1970-01-01T00:00:00Z'],
  ['a leap day', day(), '2028-02-29T12:00:00Z', '2028-02-29T00:00:00Z', '2028-03-01T00:00:00Z'],
  [
    'the end of the year in Berlin',
    day('Europe/Berlin'),
    '2025-12-31T23:30:00Z',
    '2025-12-31T23:00:00Z',
    '2026-01-01T23:00:00Z',
  ],
  [
    '23 hours in Berlin',
    day('Europe/Berlin'),
    '2026-03-29T12:00:00Z',
    '2026-03-28T23:00:00Z',
    '2026-03-29T22:00:00Z',
  ],
  [
    '25 hours in Berlin',
    day('Europe/Berlin'),
    '2026-10-25T12:00:00Z',
    '2026-10-24T22:00:00Z',
    '2026-10-25T23:00:00Z',
  ],
  [
    'a day in São Paulo that begins at 01:00',
    day('America/Sao_Paulo'),
    '2018-11-04T12:00:00Z',
    '2018-11-04T03:00:00Z',
    '2018-11-05T02:00:00Z',
  ],
  [
    'the hour in São Paulo that comes twice before midnight',
    day('America/Sao_Paulo'),
    '2018-02-18T02:30:00Z',
    '2018-02-17T02:00:00Z',
    '2018-02-18T03:00:00Z',
  ],
  [
    'a day in Havana whose midnight comes twice',
    day('America/Havana'),
    '2026-11-01T04:30:00Z',
    '2026-11-01T04:00:00Z',
    '2026-11-02T05:00:00Z',
  ],
  [
    'the second midnight in Havana',
    day('America/Havana'),
    '2026-11-01T05:30:00Z',
    '2026-11-01T04:00:00Z',
    '2026-11-02T05:00:00Z',
  ],
  [
    'half an hour of offset in Kolkata',
    day('Asia/Kolkata'),
    '2026-02-28T18:30:00Z',
    '2026-02-28T18:30:00Z',
    '2026-03-01T18:30:00Z',
  ],
  [
    'the day that Samoa left out',
    day('Pacific/Apia'),
    '2011-12-30T09:59:59Z',
    '2011-12-29T10:00:00Z',
    '2011-12-30T10:00:00Z',
  ],
  [
    'the day after it',
    day('Pacific/Apia'),
    '2011-12-30T10:00:00Z',
    '2011-12-30T10:00:00Z',
    '2011-12-31T10:00:00Z',
  ],
  [
    "yesterday's last minutes after today began",
    day('America/St_Johns'),
    '2010-11-07T02:45:00Z',
    '2010-11-07T02:30:00Z',
    '2010-11-08T03:30:00Z',
  ],
])('the interval around an instant is right: %s', (_case, calendar, instant, start, end) => {
  expect(intervalContaining(calendar, instant)).toEqual({ start, end });
  expect(intervalContaining(calendar, new Date(instant))).toEqual({ start, end });
});

describe('an interval is addressed by its start', () => {
  test.each([
    ['2026-03-28T23:00:00Z', '2026-03-29T22:00:00Z'],
    ['2026-03-29', '2026-03-29T22:00:00Z'],
    ['2026-03-29T00:00:00+01:00', '2026-03-29T22:00:00Z'],
  ])('%s starts a day in Berlin', (start, end) => {
    expect(intervalStartingAt(day('Europe/Berlin'), start)).toEqual({ start: '2026-03-28T23:00:00Z', end });
  });

  test('an instant inside an interval is refused with the nearest starts', () => {
    expect(() => intervalStartingAt(day('Europe/Berlin'), '2026-03-29T00:00:00Z')).toThrow(
      "No interval of every.day('Europe/Berlin') starts at '2026-03-29T00:00:00Z'; " +
        'the nearest starts are 2026-03-28T23:00:00Z and 2026-03-29T22:00:00Z.',
    );
  });

  test.each(['tomorrow', '2026-13-01', '2026-02-30', '2026-01-01T05:00:00', '', '2026-01-01 05:00Z'])(
    '%j is no instant',
    (start) => {
      expect(() => intervalStartingAt(hour, start)).toThrow(
        expect.objectContaining({ code: 'INTERVAL_INVALID' }),
      );
    },
  );
});

test.each([
  [hour, 0, '2026-01-01T06:00:00Z', '2026-01-01T05:00:00Z'],
  [hour, 0, '2026-01-01T05:59:59Z', '2026-01-01T04:00:00Z'],
  [hour, 600_000, '2026-01-01T06:09:59Z', '2026-01-01T04:00:00Z'],
  [hour, 600_000, '2026-01-01T06:10:00Z', '2026-01-01T05:00:00Z'],
  [day('Europe/Berlin'), 9_000_000, '2026-03-30T00:29:59Z', '2026-03-27T23:00:00Z'],
  [day('Europe/Berlin'), 9_000_000, '2026-03-30T00:30:00Z', '2026-03-28T23:00:00Z'],
])(
  'the last complete interval of %j with an offset of %d ms at %s starts at %s',
  (calendar, offset, now, start) => {
    expect(lastCompleteInterval(calendar, offset, now).start).toBe(start);
  },
);

test('intervals between two instants are those whose start lies in the half-open range', () => {
  const starts = (from: string, to: string) =>
    [...intervalsBetween(hour, from, to)].map(({ start }) => start);
  expect(starts('2026-01-01T00:00:00Z', '2026-01-01T02:00:00Z')).toEqual([
    '2026-01-01T00:00:00Z',
    '2026-01-01T01:00:00Z',
  ]);
  expect(starts('2026-01-01T00:00:01Z', '2026-01-01T02:00:01Z')).toEqual([
    '2026-01-01T01:00:00Z',
    '2026-01-01T02:00:00Z',
  ]);
  expect(starts('2026-01-01T00:00:00Z', '2026-01-01T00:00:00Z')).toEqual([]);
  expect(starts('2026-01-02', '2026-01-01')).toEqual([]);
  expect([...intervalsBetween(day('Europe/Berlin'), '2026-10-25', '2026-10-26')]).toEqual([
    { start: '2026-10-24T22:00:00Z', end: '2026-10-25T23:00:00Z' },
  ]);
});

test('an instant at which nothing is due has no interval', () => {
  expect(intervalOfSlot(hour, 600_000, '2026-01-01T06:00:00Z')).toBeUndefined();
  expect(intervalOfSlot(day('Europe/Berlin'), 0, '2026-07-01T23:00:00Z')).toBeUndefined();
  expect(intervalOfSlot(hour, 600_000, '2026-01-01T06:10:00Z')?.start).toBe('2026-01-01T05:00:00Z');
});

describe.each(
  [
    ...[
      'UTC',
      'Europe/Berlin',
      'America/Sao_Paulo',
      'Asia/Kolkata',
      'Africa/Cairo',
      'Asia/Beirut',
      'America/Santiago',
    ],
    ...['America/Havana', 'Atlantic/Azores', 'Australia/Lord_Howe', 'Asia/Kathmandu', 'Pacific/Apia'],
  ]
    .map((zone) => day(zone))
    .concat([hour, quarter]),
)('the calendar %j', (calendar) => {
  const isDay = calendar.kind === 'day';
  const to = isDay ? '2020-01-01' : '2017-01-10';
  const intervals = [...intervalsBetween(calendar, '2017-01-01', to)];

  test('tiles the time line', () => {
    expect(intervals.length).toBe(isDay ? 3 * 365 : calendar.kind === 'hour' ? 9 * 24 : 9 * 96);
    for (const [index, interval] of intervals.entries()) {
      const lengthMs = Date.parse(interval.end) - Date.parse(interval.start);
      if (isDay) expect(Math.abs(lengthMs - 24 * HOUR_MS)).toBeLessThanOrEqual(HOUR_MS);
      const next = intervals[index + 1];
      if (next !== undefined) expect(next.start).toBe(interval.end);
    }
  });

  test.each([0, 600_000, 9_000_000, 30 * HOUR_MS])(
    'gives an interval back for its slot, with an offset of %d ms',
    (offset) => {
      for (const interval of intervals.slice(0, 400)) {
        const slot = slotOf(interval, offset);
        expect(intervalOfSlot(calendar, offset, slot)).toEqual(interval);
        expect(lastCompleteInterval(calendar, offset, slot)).toEqual(interval);
      }
    },
  );
});
