import { z } from 'zod';
import type { Report } from '../../define/declared.ts';
import { readOneOf } from '../../define/one-of.ts';
import { isPlainObject, readOptions } from '../../define/options.ts';
import { didYouMean, shown } from '../../wording.ts';
import type { Format } from './format.ts';
import { FORMATS, type FormatFacts } from './index.ts';

const NAMES = Object.keys(FORMATS);
/** Those of which more can be said. */
const WITH_OPTIONS = Object.fromEntries(
  Object.entries<Format>(FORMATS).flatMap(([name, { options }]) =>
    options === undefined ? [] : [[name, { read: options }]],
  ),
);

/** Each says itself what it may hold. */
const ANY_OPTIONS = Object.fromEntries(Object.keys(WITH_OPTIONS).map((name) => [name, z.unknown()]));

/** Reads the option: a name, or `{ csv: { delimiter: ';' } }`; undefined where it is wrong, which was reported. */
export function readFormat(option: unknown, path: string, report: Report): FormatFacts | undefined {
  if (typeof option === 'string' && NAMES.includes(option)) return option;
  if (!isPlainObject(option)) {
    const listed = NAMES.map((name) => `'${name}'`).join(', ');
    const remedy = didYouMean(String(option), NAMES) || `give ${listed}.`;
    report(path, `${shown(option)} is not a format; ${remedy}`);
    return undefined;
  }
  const known = readOptions(ANY_OPTIONS, option, path, report);
  if (Object.keys(known).length < Object.keys(option).length) return undefined;
  const read = readOneOf(WITH_OPTIONS, option, path, report);
  if (read === undefined) return undefined;
  return Object.keys(read.facts).length === 0 ? read.name : { [read.name]: read.facts };
}

export function nameOfFormat(facts: FormatFacts = 'json'): string {
  return typeof facts === 'string' ? facts : (Object.keys(facts)[0] ?? '');
}

/** Is a body of that format the list itself? */
export function isListFormat(facts: FormatFacts | undefined): boolean {
  return Object.entries<Format>(FORMATS).some(
    ([name, { isList }]) => name === nameOfFormat(facts) && isList === true,
  );
}
