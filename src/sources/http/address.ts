import type { Report } from '../../define/declared.ts';
import type { AroundSource } from '../../define/pull.ts';
import { isReserved, SETTING_NAME } from '../../define/secret.ts';
import { shown } from '../../wording.ts';
import { BOUND_NAMES, isBound, isColumn, wordsIn } from '../placeholders.ts';

/** Reports what an address may not hold: it knows the interval's bounds, settings, and the columns of `forEach`. */
export function checkAddress(url: string, { hasColumns }: AroundSource, path: string, report: Report): void {
  const words = wordsIn(url).filter((found) => !isBound(found));
  const columns = hasColumns ? words.filter(isColumn) : [];
  const settings = words.filter((word) => !columns.includes(word));
  checkSettings(settings, `use one of ${BOUND_NAMES}, or a setting such as {WEATHER_URL}`, path, report);
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
