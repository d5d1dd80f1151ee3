import type { Report } from '../../define/declared.ts';
import { isReserved, SETTING_NAME } from '../../define/secret.ts';
import type { Interval } from '../../definition/calendar.ts';
import { shown } from '../../wording.ts';

/** `{WEATHER_URL}` stands for a setting of the machine that runs the worker. */
const SETTING = /\{([A-Z][A-Z0-9_]*)\}/g;

/** Reports what a text of the query may not hold: it knows the interval's bounds alone. */
export function checkQuery(query: Record<string, string>, path: string, report: Report): void {
  for (const [name, value] of Object.entries(query)) {
    for (const word of wordsIn(value).filter((found) => !isBound(found))) {
      report(`${path}.${name}`, `${shown(`{${word}}`)} is unknown; use {start} or {end}.`);
    }
  }
}

/** Reports what an address may not hold: it knows the interval's bounds and settings. */
export function checkAddress(url: string, path: string, report: Report): void {
  for (const word of wordsIn(url).filter((found) => !isBound(found))) {
    if (!SETTING_NAME.test(word)) {
      report(
        path,
        `${shown(`{${word}}`)} is unknown; use {start}, {end} or a setting such as {WEATHER_URL}.`,
      );
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

/** The text with the interval's bounds filled in, RFC 3339 in UTC. */
export function withBounds(text: string, { start, end }: Interval): string {
  return text.replaceAll('{start}', start).replaceAll('{end}', end);
}

/** The words in braces. */
function wordsIn(text: string): string[] {
  return [...text.matchAll(/\{([^{}]*)\}/g)].map((match) => match[1] ?? '');
}

function isBound(word: string): boolean {
  return word === 'start' || word === 'end';
}
