import { z } from 'zod';
import type { Report } from './declared.ts';
import { DURATION_EXAMPLES, durationMs } from './duration.ts';
import { isEvery, type Every } from './every.ts';
import { didYouMean, shown } from '../wording.ts';

/** What every definition may say about itself. */
export interface CommonOptions {
  /** One sentence; shown in Temporal and Superset. Default: none. */
  description?: string;
  /** Who answers for it: a person, a team, an address. Default: nobody is named. */
  owner?: string;
}

type Shape = Record<string, z.ZodType>;

/** The options that could be read; one that is wrong was reported and is absent. */
export type Read<S extends Shape> = { [Name in keyof S]?: z.output<S[Name]> };

/**
 * Reads an object of options, each by its own schema, and reports unknown names and wrong values.
 *
 * @param path where the object stands, '' for the definition's own options
 */
export function readOptions<S extends Shape>(
  shape: S,
  value: unknown,
  path: string,
  report: Report,
): Read<S> {
  const names = Object.keys(shape);
  if (!isPlainObject(value)) {
    report(
      path,
      `${value === undefined ? 'is missing' : `${shown(value)} is not an object`}; give { ${names[0]}: … }.`,
    );
    return {};
  }
  for (const name of Object.keys(value).filter((key) => !Object.hasOwn(shape, key))) {
    const remedy = didYouMean(name, names) || `the options here are ${names.join(', ')}.`;
    report(join(path, name.slice(0, 80)), `is not an option; ${remedy}`);
  }
  const read: Record<string, unknown> = {};
  for (const name of names) {
    const parsed = shape[name]?.safeParse(value[name]);
    if (parsed?.success && parsed.data !== undefined) read[name] = parsed.data;
    for (const issue of parsed?.error?.issues ?? []) {
      report(join(path, name, ...issue.path.map(String)), issue.message);
    }
  }
  return read as Read<S>;
}

/** `{ error }` for a zod schema: `12 is not a text; give …` or `is missing; give …`. */
export function wants(what: string, remedy: string): { error: (issue: { input?: unknown }) => string } {
  return {
    error: ({ input }) =>
      `${input === undefined ? 'is missing' : `${shown(input)} is not ${what}`}; give ${remedy}.`,
  };
}

/** A text that is not empty. */
export function text(remedy: string) {
  const message = wants('a text', remedy);
  return z.string(message).min(1, message);
}

/** A whole number from `min` on. */
export function wholeNumber(min: number, max: number, remedy: string) {
  const message = wants(`a whole number from ${min} to ${max}`, remedy);
  return z.int(message).min(min, message).max(max, message);
}

/** A duration, read as milliseconds. */
export function duration() {
  const message = wants('a duration', DURATION_EXAMPLES);
  return z
    .string(message)
    .refine((value) => durationMs(value) !== undefined, message)
    .transform((value) => durationMs(value) ?? 0);
}

/** A calendar, read as plain JSON. */
export function calendar() {
  return z
    .custom<Every>(
      isEvery,
      wants('a calendar', "every.hour(), every.minutes(15) or every.day('Europe/Berlin')"),
    )
    .superRefine((value, context) => {
      if (value.problem !== undefined) context.addIssue({ code: 'custom', message: value.problem });
    })
    .transform((value) => value.calendar);
}

/** A zod schema; what it may hold is for `fieldsOf` to say. */
export function rowSchema(example: string) {
  return z.custom<z.ZodType>((value) => value instanceof z.core.$ZodType, wants('a zod schema', example));
}

export const COMMON = {
  description: text('a sentence').optional(),
  owner: text('a person or a team').optional(),
};

/** The common facts, without those that were not given. */
export function commonFacts(read: Read<typeof COMMON>): CommonOptions {
  return {
    ...(read.description === undefined ? {} : { description: read.description }),
    ...(read.owner === undefined ? {} : { owner: read.owner }),
  };
}

/** An object that is no list. */
export function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A path of keys with dots between them; empty ones count not. */
export function join(...keys: string[]): string {
  return keys.filter((key) => key !== '').join('.');
}
