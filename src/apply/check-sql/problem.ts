import type { Definition } from '../../definition/definition.ts';
import type { System } from '../../targets/target.ts';

/** SQL that a server refuses, or columns that do not fit. */
export interface SqlProblem {
  system: System;
  /** `view revenue`. */
  object: string;
  /** Where and what: `pipelines/shop.ts · view 'revenue' · sql: Unknown column …`. */
  text: string;
}

/** A definition as plan and apply name it. */
export function objectOf({ kind, name }: Definition): string {
  return `${kind} ${name}`;
}

/** By definition, the file in which it stands. */
export type Files = ReadonlyMap<string, string>;

/** @param part which part of the definition is meant: `sql` */
export function problemOf(
  system: System,
  files: Files,
  definition: Definition,
  said: string,
  part?: string,
): SqlProblem {
  const { kind, name } = definition;
  const place = [files.get(name), `${kind} '${name}'`, part].filter(Boolean).join(' · ');
  return { system, object: objectOf(definition), text: `${place}: ${said}` };
}
