import { cursor } from './cursor.ts';
import { lastRow } from './last-row.ts';
import { link } from './link.ts';
import { merge } from './merge.ts';
import { next } from './next.ts';
import { offset } from './offset.ts';
import { page } from './page.ts';
import type { PageKind } from './page-kind.ts';

/** Every way in which an API cuts its answer into pages, by its `kind`. */
export const PAGE_KINDS = { cursor, lastRow, link, merge, next, offset, page };

/** The kind of that name; undefined where this millrace has none. */
export function pageKind(name: string): PageKind<never> | undefined {
  const kinds: Readonly<Record<string, PageKind<never>>> = PAGE_KINDS;
  return Object.hasOwn(kinds, name) ? kinds[name] : undefined;
}
