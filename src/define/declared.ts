import { DEFINITION_PATTERN } from '../names.ts';
import type { Definition } from '../definition/definition.ts';
import { shown } from '../wording.ts';

/** A user's mistake in a definition: where in it, and what is wrong with the remedy. */
export interface Problem {
  /** Keys with dots between them, `http.pages.kind`; '' for the definition as a whole. */
  path: string;
  /** The value received, what is wrong with it, and what to write instead. */
  text: string;
}

export type Kind = Definition['kind'];

/**
 * What `stream`, `pull`, `rollup`, `view` and `external` give back: the definition, or the mistakes that were found
 * in it. Declaring never throws, so that the mistakes of all files can be reported at once.
 */
export interface Declared<K extends Kind = Kind> {
  readonly [DECLARED]: true;
  readonly kind: K;
  readonly name: string;
  /** Absent where there are problems. */
  readonly definition?: Definition & { kind: K };
  readonly problems: readonly Problem[];
  /** What its SQL interpolates. */
  readonly reads: readonly Declared[];
}

/** Registered, not unique: a definition is recognised even if this module was loaded twice. */
const DECLARED = Symbol.for('millrace.declared');
/** One list per process, for the same reason. */
const made = ((globalThis as Record<symbol, unknown>)[Symbol.for('millrace.made')] ??= []) as Declared[];

/** Adds a problem; `path` is '' for the definition as a whole. */
export type Report = (path: string, text: string) => void;

/**
 * Declares one definition.
 *
 * @param build reports the user's mistakes and returns the definition's facts; what it returns is dropped if it
 *   reported any
 */
export function declare<K extends Kind>(
  kind: K,
  name: unknown,
  build: (report: Report, name: string) => (Definition & { kind: K }) | undefined,
  reads: readonly Declared[] = [],
): Declared<K> {
  const problems: Problem[] = [];
  const report: Report = (path, text) => void problems.push({ path, text });
  if (typeof name !== 'string' || !DEFINITION_PATTERN.test(name)) {
    report(
      'name',
      `${shown(name)} cannot be a name; use lower-case letters, digits and '_', at most 48, a letter first.`,
    );
  }
  const definition = build(report, String(name));
  const declared: Declared<K> = {
    [DECLARED]: true,
    kind,
    name: String(name).slice(0, 80),
    ...(problems.length === 0 && definition !== undefined ? { definition } : {}),
    problems,
    reads,
  };
  made.push(declared);
  return declared;
}

/** Is this what one of the five functions gave back? */
export function isDeclared(value: unknown): value is Declared {
  return typeof value === 'object' && value !== null && DECLARED in value;
}

/** What was declared since the last call: how the reader of `pipelines/` finds a definition that nobody exported. */
export function takeDeclared(): Declared[] {
  return made.splice(0);
}
