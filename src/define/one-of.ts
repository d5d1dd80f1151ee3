import { z } from 'zod';
import { shown } from '../wording.ts';
import type { Report } from './declared.ts';
import { isPlainObject, join, readOptions } from './options.ts';

/** One of several alternatives: it reads its own options, under its own path, into facts. */
export interface Alternative {
  /** @param around what the caller of `readOneOf` says of the place in which the alternative stands */
  read(options: never, path: string, report: Report, around: never): object | undefined;
}

/** The options of each alternative, by its name. */
export type OptionsOf<Kinds extends Record<string, Alternative>> = {
  [Name in keyof Kinds]: Parameters<Kinds[Name]['read']>[0];
};

/** Exactly one of the keys. */
export type OneOf<Options> = {
  [Name in keyof Options]: { [Own in Name]: Options[Name] } & {
    [Other in Exclude<keyof Options, Name>]?: never;
  };
}[keyof Options];

/** The options of one of the kinds; each says with `kind` which it is. */
export type ByKind<Options> = Options[keyof Options];

/**
 * Reads the one alternative whose name is a key of `options`: `{ bearer: … }`. Other keys are not looked at.
 *
 * @param around given to the alternative as it is
 * @returns its name and its facts; undefined where none, or more than one, is given, or its options are wrong
 */
export function readOneOf(
  kinds: Readonly<Record<string, Alternative>>,
  options: object,
  path: string,
  report: Report,
  around?: object,
): { name: string; facts: object } | undefined {
  const names = Object.keys(kinds);
  const given = names.filter(
    (name) => Object.hasOwn(options, name) && Reflect.get(options, name) !== undefined,
  );
  if (given.length > 1) {
    report(path, `has ${listed(given, 'and')}; give one of them.`);
    return undefined;
  }
  const [name] = given.length === 1 ? given : names;
  // Where there is one kind alone, its own message says what to give.
  if (name === undefined || (given.length === 0 && names.length > 1)) {
    report(path, `has none of ${listed(names, 'or')}; give one of them.`);
    return undefined;
  }
  const facts = kinds[name]?.read(
    Reflect.get(options, name) as never,
    join(path, name),
    report,
    around as never,
  );
  return facts === undefined ? undefined : { name, facts };
}

/** Reads the alternative that `options.kind` names: `{ kind: 'cursor', … }`. */
export function readByKind(
  kinds: Readonly<Record<string, Alternative>>,
  options: unknown,
  path: string,
  report: Report,
): object | undefined {
  if (!isPlainObject(options)) {
    readOptions({ kind: z.unknown() }, options, path, report);
    return undefined;
  }
  const { kind } = options;
  const alternative = typeof kind === 'string' && Object.hasOwn(kinds, kind) ? kinds[kind] : undefined;
  if (alternative !== undefined) return alternative.read(options as never, path, report, undefined as never);
  const problem = kind === undefined ? 'is missing' : `${shown(kind)} is unknown`;
  report(join(path, 'kind'), `${problem}; use ${listed(Object.keys(kinds), 'or')}.`);
  return undefined;
}

/** `'a', 'b' or 'c'`. */
function listed(names: readonly string[], word: 'and' | 'or'): string {
  const quoted = names.map((name) => `'${name}'`);
  return quoted.length < 2 ? quoted.join() : `${quoted.slice(0, -1).join(', ')} ${word} ${quoted.at(-1)}`;
}
