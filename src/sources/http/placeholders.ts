import type { Report } from '../../define/declared.ts';
import { isReserved, SETTING_NAME } from '../../define/secret.ts';
import { dateAt, type Interval } from '../../definition/calendar.ts';
import type { Calendar } from '../../definition/definition.ts';
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

/** Reports what a text of the query may not hold: it knows the interval's bounds alone. */
export function checkQuery(query: Record<string, string>, path: string, report: Report): void {
  for (const [name, value] of Object.entries(query)) {
    for (const word of wordsIn(value).filter((found) => !isBound(found))) {
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

/** Reports what an address may not hold: it knows the interval's bounds and settings. */
export function checkAddress(url: string, path: string, report: Report): void {
  const words = wordsIn(url).filter((found) => !isBound(found));
  checkSettings(words, `use one of ${NAMES}, or a setting such as {WEATHER_URL}`, path, report);
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

/** The text with what stands for the interval filled in. */
export function withBounds(text: string, interval: Interval, calendar: Calendar): string {
  return text.replaceAll(/\{([a-zA-Z.]+)\}/g, (placeholder, name: string) =>
    isBound(name) ? (BOUNDS[name]?.(interval, calendar) ?? placeholder) : placeholder,
  );
}

/**
 * As {@link withBounds}, for a text of a JSON body: one that is a Unix time and nothing else becomes a number. Braces of
 * other meaning, such as those of GraphQL, are left as they stand.
 */
export function boundsInJson(text: string, interval: Interval, calendar: Calendar): string | number {
  const filled = withBounds(text, interval, calendar);
  return /^\{(start|end)\.unix(Ms)?\}$/.test(text) ? Number(filled) : filled;
}

/** The words in braces. */
function wordsIn(text: string): string[] {
  return [...text.matchAll(/\{([^{}]*)\}/g)].map((match) => match[1] ?? '');
}

function isBound(word: string): boolean {
  return Object.hasOwn(BOUNDS, word);
}
