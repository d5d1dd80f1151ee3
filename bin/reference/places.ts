import type ts from 'typescript';
import type { Code } from './code.ts';
import type { Vocabulary } from './vocabulary.ts';

/** The heading of the types that fields may have. */
export const FIELDS_TITLE = 'Fields';

/** Under which heading of the page a type is explained. */
export interface Places {
  /** A type that has no place yet gets a heading of its own, by its name. */
  titleOf(type: ts.Symbol): string;
  /** Is it what a word of the vocabulary gives: `every.hour()`, `secret('…')`? */
  isGiven(type: ts.Symbol | undefined): boolean;
  /** The types that have a heading of their own, in the order in which they were met. */
  named: Set<ts.Symbol>;
}

/** The places of the page: words and fields have theirs from the beginning. */
export function placesOf(code: Code, { words }: Vocabulary): Places {
  const given = new Map(
    words.flatMap(({ name, calls }) => calls.flatMap(({ gives }) => (gives ? [[gives, name] as const] : []))),
  );
  const fieldType = code.exportsOf('definition/field-types/index.ts').get('FieldType');
  const named = new Set<ts.Symbol>();
  return {
    titleOf(type) {
      if (type === fieldType) return FIELDS_TITLE;
      const word = given.get(type);
      if (word === undefined) named.add(type);
      return word ?? type.name;
    },
    isGiven: (type) => type !== undefined && given.has(type),
    named,
  };
}
