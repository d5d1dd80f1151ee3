import type * as LosslessJson from 'lossless-json';
import { ExactNumber } from '../exact-number.ts';
import { required } from '../required.ts';

/** How JSON is read. @param isExact whether numbers are kept that JavaScript would round */
export function jsonParser(isExact: boolean): (text: string) => unknown {
  return isExact ? parseExactly : JSON.parse;
}

/**
 * Reads JSON without loss: a number that JavaScript would round becomes an {@link ExactNumber}; all else is as JSON.parse
 * gives it.
 * @throws SyntaxError, as JSON.parse · RangeError where it is thousands of levels deep
 */
export function parseExactly(text: string): unknown {
  // First, for its errors; and most documents hold no such number.
  const rounded: unknown = JSON.parse(text);
  if (!holdsLongNumber(text)) return rounded;
  return losslessJson().parse(text, undefined, { parseNumber: exactNumber, onDuplicateKey });
}

/** A number as JSON writes it, without loss. */
export function exactNumber(text: string): number | ExactNumber {
  return losslessJson().isSafeNumber(text) ? Number(text) : new ExactNumber(text);
}

let loaded: typeof LosslessJson | undefined;

/** Loaded for the first long number: every command that reads definitions would else wait for it. */
function losslessJson(): typeof LosslessJson {
  loaded ??= required('lossless-json') as typeof LosslessJson;
  return loaded;
}

/**
 * A double holds every number of at most 15 digits, unless its exponent has three. Before a number stands the beginning, a
 * mark of JSON or a blank; in the middle of a text, such as an id in hexadecimal, nothing is looked at.
 */
function holdsLongNumber(text: string): boolean {
  return /(?:^|[:,[\s])-?(?:[\d.]{16}|[\d.]+[eE][+-]?\d{3})/.test(text);
}

/** The last one counts, as for JSON.parse. */
function onDuplicateKey({ newValue }: { newValue: unknown }): unknown {
  return newValue;
}

/** The value as JSON text without blanks; what is equal, whatever stood beside it, gives the same text. */
export function exactText(value: unknown): string {
  if (value instanceof ExactNumber) return value.text;
  if (Array.isArray(value)) return `[${value.map(exactText).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const members = Object.entries(value).map(([key, inner]) => `${JSON.stringify(key)}:${exactText(inner)}`);
  return `{${members.join(',')}}`;
}
