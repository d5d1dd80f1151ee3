import { canonicalJson } from './hash.ts';

/** What a fact decides: the numbers, or only how, when and by whom they are made. And how the hashes write it. */
export interface Fact {
  decides: 'numbers' | 'operation';
  /** The value that the vocabulary gives a fact which the user leaves out. Absent: there is none. */
  default?: unknown;
  /** For an object, or for each object of a list: what its own facts are. */
  inside?: (value: object) => FactTable;
}

export type FactTable = Readonly<Record<string, Fact>>;

/** Every fact of a kind of definition or of a source, by name. The compiler misses none. */
export type Facts<T> = { readonly [Name in keyof Required<T>]: Fact };

type Options = Omit<Fact, 'decides'>;

/** A fact that decides the numbers: intervals that were loaded under another value of it are dirty. */
export function data(options: Options = {}): Fact {
  return { decides: 'numbers', ...options };
}

/** A fact that leaves the numbers as they are. */
export function operational(options: Options = {}): Fact {
  return { decides: 'operation', ...options };
}

/**
 * The facts as the hashes see them: those that have their default are left out, so that a new option with a default
 * moves no hash. A fact that the table does not name is kept.
 *
 * @param which `numbers`: only what decides the numbers; `all`: everything
 */
export function factsToHash(value: object, table: FactTable, which: 'numbers' | 'all'): object {
  const kept = Object.entries(value).flatMap(([name, given]: [string, unknown]) => {
    const fact = table[name];
    if (fact === undefined) return [[name, given]];
    if (which === 'numbers' && fact.decides === 'operation') return [];
    const written = inside(given, fact, which);
    return isSame(written, fact.default) ? [] : [[name, written]];
  });
  return Object.fromEntries(kept) as object;
}

function inside(given: unknown, fact: Fact, which: 'numbers' | 'all'): unknown {
  const { inside: tableOf } = fact;
  if (tableOf === undefined) return given;
  const written = (part: unknown) =>
    typeof part === 'object' && part !== null ? factsToHash(part, tableOf(part), which) : part;
  return Array.isArray(given) ? given.map(written) : written(given);
}

function isSame(value: unknown, other: unknown): boolean {
  return canonicalJson(value) === canonicalJson(other);
}
