import { z } from 'zod';
import type { Report } from '../../define/declared.ts';
import { isPlainObject, join } from '../../define/options.ts';
import { looksPasted } from './pasted.ts';

/** What JSON can hold. */
export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

/** A body that a request sends: an object, because the walk of pages adds keys to it. */
export type JsonBody = Record<string, Json>;

/** The option, for `readOptions`. */
export function jsonBody(example: string) {
  return z.record(
    z.string(),
    z.json(),
    `is not an object of what JSON holds; give ${example}.`,
  ) as z.ZodType<JsonBody>;
}

/** Reports texts of the body that look like secrets; the message shows none. @param remedy what to write instead */
export function checkBody(body: Json, path: string, report: Report, remedy: string): void {
  eachText(body, '', path, (text, name, place) => {
    if (looksPasted(name, text)) report(place, remedy);
  });
}

/** The body with each of its texts as `filled` gives it. */
export function mapTexts(body: Json, filled: (text: string) => Json): Json {
  if (typeof body === 'string') return filled(body);
  if (Array.isArray(body)) return body.map((inner) => mapTexts(inner, filled));
  if (!isPlainObject(body)) return body;
  return Object.fromEntries(Object.entries(body).map(([key, inner]) => [key, mapTexts(inner, filled)]));
}

/** The body with a value at a path of keys with dots between them: `variables.after` of GraphQL. */
export function withValueAt(body: JsonBody, path: string, value: string | number): JsonBody {
  const dot = path.indexOf('.');
  if (dot < 0) return { ...body, [path]: value };
  const [key, rest] = [path.slice(0, dot), path.slice(dot + 1)];
  const inner = body[key];
  return { ...body, [key]: withValueAt(isPlainObject(inner) ? inner : {}, rest, value) };
}

function eachText(
  value: Json,
  name: string,
  path: string,
  visit: (text: string, name: string, path: string) => void,
): void {
  if (typeof value === 'string') return visit(value, name, path);
  if (typeof value !== 'object' || value === null) return;
  for (const [key, inner] of Object.entries(value)) {
    // An element of a list is called as the list.
    eachText(inner, Array.isArray(value) ? name : key, join(path, key.slice(0, 80)), visit);
  }
}
