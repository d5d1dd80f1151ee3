import { z } from 'zod';
import type { Report } from '../../define/declared.ts';
import { isPlainObject, join } from '../../define/options.ts';
import { shown } from '../../wording.ts';
import { columnNamed } from '../../definition/table-row.ts';
import { valueAt } from '../../definition/value-at.ts';
import { looksPasted } from './pasted.ts';
import { BOUND_NAMES, filled, isBound, wordsIn, type Meant } from '../placeholders.ts';

/** What JSON can hold. */
export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

/** A body that a request sends: an object, because the walk of pages adds keys to it. */
export type JsonBody = Record<string, Json>;

/** The option, for `readOptions`. */
export function jsonBody(example: string) {
  return z.custom<JsonBody>(isPlainObject, {
    error: ({ input }) => `${shown(input)} is not an object; give ${example}.`,
  });
}

/** Deeper than any API asks for; an object that holds itself goes on for ever. */
const MAX_DEPTH = 50;

/** Reports what JSON cannot hold. @returns whether all of it can be sent */
export function checkJson(value: unknown, path: string, report: Report, depth = 0): value is Json {
  if (depth > MAX_DEPTH) {
    report(path, `is more than ${MAX_DEPTH} objects deep; give the body that the API wants.`);
    return false;
  }
  if (Array.isArray(value) || isBare(value)) {
    const inside = Object.entries(value).map(([key, inner]) =>
      checkJson(inner, join(path, key.slice(0, 80)), report, depth + 1),
    );
    return inside.every(Boolean);
  }
  const isHeld =
    value === null || typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value);
  if (!isHeld) {
    report(
      path,
      `${shown(value)} cannot stand in JSON; give a text, a number, true, false, null, a list or an object.`,
    );
  }
  return isHeld;
}

/** Made by braces: a Date or a Map is another thing in JSON than it is here. */
function isBare(value: unknown): value is object {
  return (
    isPlainObject(value) && [Object.prototype, null].includes(Object.getPrototypeOf(value) as object | null)
  );
}

/** Reports texts of the body that look like secrets, without showing them, and placeholders that are none. @param remedy what to write in place of a secret */
export function checkBody(body: Json, path: string, report: Report, remedy: string): void {
  eachText(body, '', path, (text, name, place) => {
    if (looksPasted(name, text)) report(place, remedy);
    checkBodyText(text, place, report);
  });
}

/** The body with each of its texts as `filled` gives it. */
export function mapTexts(body: Json, filled: (text: string) => Json): Json {
  if (typeof body === 'string') return filled(body);
  if (Array.isArray(body)) return body.map((inner) => mapTexts(inner, filled));
  if (!isPlainObject(body)) return body;
  return Object.fromEntries(Object.entries(body).map(([key, inner]) => [key, mapTexts(inner, filled)]));
}

/** All texts of a body. */
export function textsIn(body: Json): string[] {
  const found: string[] = [];
  eachText(body, '', '', (text) => found.push(text));
  return found;
}

/** The body with a value at a path of keys with dots between them: `variables.after` of GraphQL. */
export function withValueAt(body: JsonBody, path: string, value: string | number): JsonBody {
  const dot = path.indexOf('.');
  if (dot < 0) return { ...body, [path]: value };
  const [key, rest] = [path.slice(0, dot), path.slice(dot + 1)];
  const inner = body[key];
  return { ...body, [key]: withValueAt(isPlainObject(inner) ? inner : {}, rest, value) };
}

/** Does the path lead into something that is there and no object? */
export function isInText(body: JsonBody, path: string): boolean {
  return path
    .split('.')
    .slice(0, -1)
    .some((_key, index, keys) => {
      const found = valueAt(body, keys.slice(0, index + 1).join('.'));
      return found !== undefined && !isPlainObject(found);
    });
}

function eachText(
  value: Json,
  name: string,
  path: string,
  visit: (text: string, name: string, path: string) => unknown,
): void {
  if (typeof value === 'string') return void visit(value, name, path);
  if (typeof value !== 'object' || value === null) return;
  for (const [key, inner] of Object.entries(value)) {
    // An element of a list is called as the list.
    eachText(inner, Array.isArray(value) ? name : key, join(path, key.slice(0, 80)), visit);
  }
}

/**
 * Reports what a text of a JSON body cannot mean. Braces of other meaning may stand there, as those of GraphQL; but nobody
 * means `{start.…}` otherwise.
 */
function checkBodyText(text: string, path: string, report: Report): void {
  for (const word of wordsIn(text).filter((found) => /^(start|end|last)\b/.test(found) && !isBound(found))) {
    report(path, `${shown(`{${word}}`)} is unknown; use one of ${BOUND_NAMES}.`);
  }
}

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
