import type { Report } from '../../define/declared.ts';
import type { AroundSource } from '../../define/pull.ts';
import { isReserved, SETTING_NAME } from '../../define/secret.ts';
import { dateAt, type Interval } from '../../definition/calendar.ts';
import type { Calendar } from '../../definition/definition.ts';
import { columnNamed, type TableRow } from '../../definition/table-row.ts';
import { shown } from '../../wording.ts';

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

const NAMES = Object.keys(BOUNDS)
  .map((name) => `{${name}}`)
  .join(', ');

/** What placeholders of one request stand for. */
export interface Meant {
  interval: Interval;
  calendar: Calendar;
  /** The row of `forEach`, whose columns they may name. Absent: there is none. */
  row?: TableRow | undefined;
}

/** Reports what a text of the query may not hold: it knows the interval's bounds, and the columns of `forEach`. */
export function checkQuery(
  query: Record<string, string>,
  { hasColumns }: AroundSource,
  path: string,
  report: Report,
): void {
  for (const [name, value] of Object.entries(query)) {
    for (const word of wordsIn(value).filter(
      (found) => !isBound(found) && !(hasColumns && isColumn(found)),
    )) {
      report(`${path}.${name}`, `${shown(`{${word}}`)} is unknown; use one of ${NAMES}.`);
    }
  }
}

/**
 * Reports what a text of a JSON body cannot mean. Braces of other meaning may stand there, as those of GraphQL; but nobody
 * means `{start.…}` otherwise.
 */
export function checkBodyText(text: string, path: string, report: Report): void {
  for (const word of wordsIn(text).filter((found) => /^(start|end|last)\b/.test(found) && !isBound(found))) {
    report(path, `${shown(`{${word}}`)} is unknown; use one of ${NAMES}.`);
  }
}

/** Reports what an address may not hold: it knows the interval's bounds, settings, and the columns of `forEach`. */
export function checkAddress(url: string, { hasColumns }: AroundSource, path: string, report: Report): void {
  const words = wordsIn(url).filter((found) => !isBound(found));
  const columns = hasColumns ? words.filter(isColumn) : [];
  const settings = words.filter((word) => !columns.includes(word));
  checkSettings(settings, `use one of ${NAMES}, or a setting such as {WEATHER_URL}`, path, report);
  const [inHost] = columns.filter((column) => hostIn(url).includes(`{${column}}`));
  if (inHost !== undefined)
    report(
      path,
      `{${inHost}} stands in the host; a pull asks one host, so let columns stand in the path, or in query.`,
    );
}

/** What stands between `//` and the path. */
function hostIn(url: string): string {
  return /^(?:[a-z]+:\/\/)?([^/?#]*)/i.exec(url)?.[1] ?? '';
}

/** Reports what the address of a login may not hold: it knows settings alone. */
export function checkLoginAddress(url: string, path: string, report: Report): void {
  checkSettings(wordsIn(url), 'use a setting such as {ADS_URL}', path, report);
}

function checkSettings(words: readonly string[], remedy: string, path: string, report: Report): void {
  for (const word of words) {
    if (!SETTING_NAME.test(word)) {
      report(path, `${shown(`{${word}}`)} is unknown; ${remedy}.`);
    } else if (isReserved(word)) {
      report(
        path,
        `{${word}} is a setting of millrace or Temporal itself; give the address a setting of its own.`,
      );
    }
  }
}

/** The address as it might be, for a look at its shape: something stands for every placeholder. */
export function exampleOf(url: string): string {
  return url.replace(/^\{[A-Z][A-Z0-9_]*\}/, 'http://setting').replaceAll(/\{[^{}]*\}/g, '0');
}

/** Names of the settings that an address needs. */
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

/**
 * The value that a text of a JSON body stands for: a text that is a Unix time, or a column with a number, and nothing else
 * becomes a number. A column stands there for all of a text: braces in the middle of one are those of GraphQL, and left.
 */
export function filledInJson(text: string, meant: Meant): string | number {
  const column = columnNamed(text);
  if (column !== undefined && !isBound(column)) return meant.row?.[column] ?? text;
  const written = filled(text, { ...meant, row: undefined });
  return /^\{(start|end)\.unix(Ms)?\}$/.test(text) ? Number(written) : written;
}

/** The words in braces. */
function wordsIn(text: string): string[] {
  return [...text.matchAll(/\{([^{}]*)\}/g)].map((match) => match[1] ?? '');
}

/** May it name a column? Names in capitals are settings. */
function isColumn(word: string): boolean {
  return columnNamed(`{${word}}`) !== undefined;
}

function isBound(word: string): boolean {
  return Object.hasOwn(BOUNDS, word);
}
