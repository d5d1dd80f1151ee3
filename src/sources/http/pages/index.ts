import { cursor } from './cursor.ts';
import type { PageKind } from './page-kind.ts';

/** Every way in which an API cuts its answer into pages, by its `kind`. */
export const PAGE_KINDS = { cursor };

/** The kind of that name; undefined where this millrace has none. */
export function pageKind(name: string): PageKind<never> | undefined {
  const kinds: Readonly<Record<string, PageKind<never>>> = PAGE_KINDS;
  return Object.hasOwn(kinds, name) ? kinds[name] : undefined;
}
