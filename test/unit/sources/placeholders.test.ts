import { describe, expect, test } from 'vitest';
import type { Calendar } from '../../../src/definition/definition.ts';
import { checkTexts, filled } from '../../../src/sources/placeholders.ts';

const ALL =
  '{start} {end} {start.date} {end.date} {last.date} {start.unix} {end.unix} {start.unixMs} {end.unixMs}';

const filledFor = (text: string, calendar: Calendar, start: string, end: string) =>
  filled(text, { interval: { start, end }, calendar });

describe('a placeholder stands for', () => {
  test.each<[what: string, calendar: Calendar, start: string, end: string, expected: string]>([
    [
      'an hour, whose days are those of UTC',
      { kind: 'hour' },
      '2026-01-05T23:00:00Z',
      '2026-01-06T00:00:00Z',
      '2026-01-05T23:00:00Z 2026-01-06T00:00:00Z 2026-01-05 2026-01-06 2026-01-05 1767654000 1767657600 1767654000000 1767657600000',
    ],
    [
      'a day of 23 hours, in its zone',
      { kind: 'day', zone: 'Europe/Berlin' },
      '2026-03-28T23:00:00Z',
      '2026-03-29T22:00:00Z',
      '2026-03-28T23:00:00Z 2026-03-29T22:00:00Z 2026-03-29 2026-03-30 2026-03-29 1774738800 1774821600 1774738800000 1774821600000',
    ],
    [
      'a day of 25 hours, in its zone',
      { kind: 'day', zone: 'America/New_York' },
      '2026-11-01T04:00:00Z',
      '2026-11-02T05:00:00Z',
      '2026-11-01T04:00:00Z 2026-11-02T05:00:00Z 2026-11-01 2026-11-02 2026-11-01 1793505600 1793595600 1793505600000 1793595600000',
    ],
  ])('%s', (_what, calendar, start, end, expected) => {
    expect(filledFor(ALL, calendar, start, end)).toBe(expected);
  });

  test('nothing where it has no meaning here, and is left as it stands', () => {
    const text = '{start.time} {constructor} {start.date';
    expect(filledFor(text, { kind: 'hour' }, '2026-01-05T23:00:00Z', '2026-01-06T00:00:00Z')).toBe(text);
  });
});

test.each(['start.Date', 'last', 'toString', 'now'])('{%s} is refused with all that there is', (word) => {
  const problems: string[] = [];
  checkTexts({ from: `{${word}}` }, { hasColumns: false }, 'http.query', (path, text) =>
    problems.push(`${path}: ${text}`),
  );
  expect(problems).toEqual([
    `http.query.from: '{${word}}' is unknown; use one of {start}, {end}, {start.date}, {end.date}, {last.date}, {start.unix}, {end.unix}, {start.unixMs}, {end.unixMs}.`,
  ]);
});
