import { isPlainObject } from '../../../define/options.ts';
import type { Said } from './said.ts';

/** What was read when an answer said it. */
export interface Read {
  /** Rows of the answer and of all pages before it. */
  rows: number;
  /** Does the pull walk pages? */
  isWalk: boolean;
  /** The values that were sent: an answer may repeat them. */
  sent: ReadonlySet<string>;
}

/** Those of the things said that mean: there are more rows than were read. */
export function signsOfMore(said: readonly Said[], read: Read): Said[] {
  const isEnded = said.some(saysEnd);
  return said.filter((one) => saysMore(one, read, isEnded));
}

/** A sign as a message shows it: never with a link or a cursor, which may hold a key. */
export function signText({ place, isHeader, meaning, value }: Said): string {
  const where = isHeader ? `header ${place}` : place;
  if (place === 'link') return `${where}: rel="next"`;
  if (meaning !== 'next') return `${where}: ${String(sizeIn(value) ?? value)}`;
  return `${where}: ${linkIn(value) === undefined ? 'a cursor' : 'a link'}`;
}

function saysMore({ name, meaning, value }: Said, { rows, isWalk, sent }: Read, isEnded: boolean): boolean {
  switch (meaning) {
    case 'next':
      // Beside a flag that says that this is the end, it is where the next time may begin.
      return !isEnded && isPlace(value) && !isEcho(name, value, sent);
    case 'more':
      return isYes(value);
    case 'end':
      return isBoolean(value, false);
    case 'total':
      return (sizeIn(value) ?? 0) > rows;
    case 'pages':
      // A walk may have begun anywhere, and counts from 0 or 1: its other signs must do.
      return !isWalk && (sizeIn(value) ?? 0) > 1;
    case 'bookmark':
      return false;
  }
}

function saysEnd({ meaning, value }: Said): boolean {
  return (meaning === 'more' && isNo(value)) || (meaning === 'end' && isBoolean(value, true));
}

/** Texts that stand for "nothing" where a place could be. */
const NOWHERE = new Set(['', '0', '-1', 'null', 'none', 'undefined', 'false']);

function isPlace(value: unknown): boolean {
  if (typeof value === 'string') return !NOWHERE.has(value.trim().toLowerCase());
  if (typeof value === 'number') return value > 0;
  if (Array.isArray(value)) return value.length > 0;
  return isPlainObject(value) ? Object.values(value).some(isPlace) : value === true;
}

/** A bare `cursor` may as well be the one that was asked for. */
function isEcho(name: string, value: unknown, sent: ReadonlySet<string>): boolean {
  return name.toLowerCase() === 'cursor' && sent.has(String(value));
}

function isYes(value: unknown): boolean {
  return isBoolean(value, true) || value === 1 || value === '1';
}

function isNo(value: unknown): boolean {
  return isBoolean(value, false) || value === 0 || value === '0';
}

/** Some APIs write a flag as a text. A number is none where the name alone does not say so: `last` may be a price. */
function isBoolean(value: unknown, which: boolean): boolean {
  return value === which || (typeof value === 'string' && value.toLowerCase() === String(which));
}

/** A number of rows or pages: `431`, `'431'`, `{ value: 431 }`. */
function sizeIn(value: unknown): number | undefined {
  if (isPlainObject(value)) return sizeIn(value['value']);
  const size = typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : value;
  return typeof size === 'number' && Number.isSafeInteger(size) ? size : undefined;
}

/** The address in it: the text itself, or the text of an object such as `{ href: '…' }`; undefined: there is none. */
export function linkIn(value: unknown): string | undefined {
  if (isPlainObject(value))
    return Object.values(value).find((inner) => linkIn(inner) !== undefined) as string | undefined;
  return typeof value === 'string' && /^(https?:\/\/|[/?])/i.test(value) ? value : undefined;
}
