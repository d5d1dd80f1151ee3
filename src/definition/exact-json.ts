import { isSafeNumber, parse } from 'lossless-json';
import { ExactNumber } from '../exact-number.ts';

/**
 * Reads JSON without loss: a number that JavaScript would round becomes an {@link ExactNumber}; all else is as JSON.parse
 * gives it.
 * @throws SyntaxError, as JSON.parse · RangeError where it is thousands of levels deep
 */
export function parseExactly(text: string): unknown {
  // First, for its errors; and most documents hold no such number.
  const rounded: unknown = JSON.parse(text);
  return holdsLongNumber(text) ? parse(text, undefined, { parseNumber, onDuplicateKey }) : rounded;
}

/** A double holds every number of at most 15 digits, unless its exponent has three. Digits in texts count, too. */
export function holdsLongNumber(text: string): boolean {
  return /[\d.]{16}|\d[eE][+-]?\d{3}/.test(text);
}

function parseNumber(text: string): number | ExactNumber {
  return isSafeNumber(text) ? Number(text) : new ExactNumber(text);
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
