import type { Report } from '../define/declared.ts';
import type { AroundSource } from '../define/pull.ts';
import { dateAt, type Interval } from '../definition/calendar.ts';
import type { Calendar } from '../definition/definition.ts';
import { columnNamed, type TableRow } from '../definition/table-row.ts';
import { shown } from '../wording.ts';

/** `{WEATHER_URL}` stands for a setting of the machine that runs the worker. */
const SETTING = /\{([A-Z][A-Z0-9_]*)\}/g;

/**
 * What each placeholder stands for: the bounds of the interval, RFC 3339 in UTC; the day in the calendar's zone on which
 * it begins, ends, and has its last instant; its bounds in seconds and milliseconds since 1970.
 */
const BOUNDS: Record<string, (interval: Interval, calendar: Calendar) => string> = {
  start: ({ start }) => start,
  end: ({ end }) => end,
  'start.date': ({ start }, calendar) => dateAt(calendar, Date.parse(start)),
  'end.date': ({ end }, calendar) => dateAt(calendar, Date.parse(end)),
  // The end itself belongs to the next interval.
  'last.date': ({ end }, calendar) => dateAt(calendar, Date.parse(end) - 1),
  'start.unix': ({ start }) => String(Date.parse(start) / 1_000),
  'end.unix': ({ end }) => String(Date.parse(end) / 1_000),
  'start.unixMs': ({ start }) => String(Date.parse(start)),
  'end.unixMs': ({ end }) => String(Date.parse(end)),
};

/** All of them, for messages. */
export const BOUND_NAMES = Object.keys(BOUNDS)
  .map((name) => `{${name}}`)
  .join(', ');

/** What the placeholders of one text stand for. */
export interface Meant {
  interval: Interval;
  calendar: Calendar;
  /** The row of `forEach`, whose columns they may name. Absent: there is none. */
  row?: TableRow | undefined;
}

/** Reports what texts may not hold that know the interval's bounds, and the columns of `forEach`. */
export function checkTexts(
  texts: Record<string, string>,
  { hasColumns }: AroundSource,
  path: string,
  report: Report,
): void {
  for (const [name, value] of Object.entries(texts)) {
    for (const word of wordsIn(value).filter(
      (found) => !isBound(found) && !(hasColumns && isColumn(found)),
    )) {
      report(`${path}.${name}`, `${shown(`{${word}}`)} is unknown; use one of ${BOUND_NAMES}.`);
    }
  }
}

/** Names of the settings that a text needs. */
export function settingsIn(url: string): string[] {
  return [...url.matchAll(SETTING)].flatMap(([, setting]) => setting ?? []);
}

/** The text with the settings filled in. */
export function withSettings(text: string, valueOf: (name: string) => string): string {
  return text.replaceAll(SETTING, (_, setting: string) => valueOf(setting));
}

/** Names of the columns of `forEach` for which texts have placeholders. */
export function columnsIn(texts: readonly string[]): string[] {
  return texts.flatMap(wordsIn).filter((word) => !isBound(word) && isColumn(word));
}

/**
 * The text with what stands for the interval, and for columns, filled in.
 * @param written a column's value as it is to stand there
 */
export function filled(text: string, { interval, calendar, row = {} }: Meant, written = same): string {
  return text.replaceAll(/\{([a-z][\w.]*)\}/g, (placeholder, name: string) => {
    if (isBound(name)) return BOUNDS[name]?.(interval, calendar) ?? placeholder;
    return isColumn(name) && Object.hasOwn(row, name) ? written(String(row[name])) : placeholder;
  });
}

const same = (text: string) => text;

/** The words in braces. */
export function wordsIn(text: string): string[] {
  return [...text.matchAll(/\{([^{}]*)\}/g)].map((match) => match[1] ?? '');
}

/** May it name a column? Names in capitals are settings. */
export function isColumn(word: string): boolean {
  return columnNamed(`{${word}}`) !== undefined;
}

export function isBound(word: string): boolean {
  return Object.hasOwn(BOUNDS, word);
}
