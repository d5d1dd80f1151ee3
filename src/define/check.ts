import type { Kind, Problem } from './declared.ts';
import { readsOf, type Definition, type ViewDefinition } from '../definition/definition.ts';
import { readsTooLate } from './too-late.ts';

/** A definition as others see it, with or without mistakes of its own. */
export interface Outline {
  kind: Kind;
  name: string;
  /** Where it stands, as messages show it. */
  file: string;
  /** Names of the definitions that its SQL reads. */
  reads: readonly string[];
  /** What it says; undefined where it has mistakes. */
  definition?: Definition | undefined;
}

/**
 * The mistakes that only show between definitions: two of one name, reads of an unknown name, views in a circle, pulls that
 * would wait in vain.
 */
export function checkTogether(outlines: readonly Outline[]): (Problem & { of: Outline })[] {
  return [...duplicates(outlines), ...unknownReads(outlines), ...circles(outlines), ...tooLate(outlines)];
}

/**
 * The views in the order in which they can be made: each after the views that it reads.
 *
 * Views in a circle are left out; `checkTogether` reports them.
 */
export function viewsInOrder(definitions: readonly Definition[]): ViewDefinition[] {
  const views = definitions.filter((definition) => definition.kind === 'view');
  return inOrder(views.map((view) => ({ view, name: view.name, reads: readsOf(view.sql) }))).map(
    ({ view }) => view,
  );
}

function inOrder<T extends Pick<Outline, 'name' | 'reads'>>(views: readonly T[]): T[] {
  const waiting = new Set(views);
  const ordered: T[] = [];
  for (let ready = readyOf(waiting); ready.length > 0; ready = readyOf(waiting)) {
    for (const view of ready) waiting.delete(view);
    ordered.push(...ready);
  }
  return ordered;
}

function readyOf<T extends Pick<Outline, 'name' | 'reads'>>(waiting: Set<T>): T[] {
  const names = new Set([...waiting].map((view) => view.name));
  return [...waiting].filter((view) => !view.reads.some((name) => names.has(name)));
}

function duplicates(outlines: readonly Outline[]): (Problem & { of: Outline })[] {
  const firsts = new Map<string, Outline>();
  return outlines.flatMap((of) => {
    const first = firsts.get(of.name);
    if (first === undefined) {
      firsts.set(of.name, of);
      return [];
    }
    return [
      { of, path: 'name', text: `'${of.name}' is taken by the ${first.kind} in ${first.file}; rename one.` },
    ];
  });
}

function unknownReads(outlines: readonly Outline[]): (Problem & { of: Outline })[] {
  const names = new Set(outlines.map(({ name }) => name));
  return outlines.flatMap((of) =>
    of.reads
      .filter((name) => !names.has(name))
      .map((name) => ({
        of,
        path: of.kind === 'pull' ? 'forEach' : 'sql',
        text: `reads '${name}', which is not defined; define and export it.`,
      })),
  );
}

function circles(outlines: readonly Outline[]): (Problem & { of: Outline })[] {
  const views = outlines.filter(({ kind }) => kind === 'view');
  const ordered = new Set(inOrder(views));
  return views
    .filter((view) => !ordered.has(view))
    .map((of) => ({
      of,
      path: 'sql',
      text: 'reads itself by way of views, or reads a view that does; break the circle.',
    }));
}

function tooLate(outlines: readonly Outline[]): (Problem & { of: Outline })[] {
  const all = new Map(outlines.flatMap(({ name, definition }) => (definition ? [[name, definition]] : [])));
  return outlines.flatMap((of) =>
    of.definition?.kind === 'pull'
      ? readsTooLate(of.definition, all).map((problem) => ({ of, ...problem }))
      : [],
  );
}
