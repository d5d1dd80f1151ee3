import { isPlainObject, join } from '../../../define/options.ts';
import type { Said } from './said.ts';
import { linkIn } from './signs.ts';

/**
 * The option of a definition that walks these pages: `pages: { kind: 'cursor', param: 'after', from: 'paging.next.after' }`,
 * or the kind that follows a link. undefined: what was said names no page.
 */
export function pagesLine(said: readonly Said[]): string | undefined {
  if (said.some(({ place, value }) => place === 'link' && linkIn(value) !== undefined))
    return `pages: { kind: 'link' }`;
  const inBody = said.filter(({ isHeader }) => !isHeader);
  const [first] = inBody.flatMap(cursorsIn);
  if (first === undefined) return nextLine(inBody);
  const links = said.flatMap(({ value }) => linkIn(value) ?? []);
  const param = paramIn(links, first.value) ?? paramFor(first);
  return `pages: { kind: 'cursor', param: '${param}', from: '${first.from}' }`;
}

/** A link in the body, or in an object such as `{ href: '…' }`. One of a list stands elsewhere the next time. */
function nextLine(said: readonly Said[]): string | undefined {
  for (const { place, meaning, value } of said) {
    if (meaning !== 'next' || /(^|\.)\d+(\.|$)/.test(place)) continue;
    if (typeof value === 'string' && linkIn(value) !== undefined)
      return `pages: { kind: 'next', from: '${place}' }`;
    const inner = isPlainObject(value)
      ? Object.entries(value).find(([, one]) => typeof one === 'string' && linkIn(one) !== undefined)
      : undefined;
    if (inner !== undefined) return `pages: { kind: 'next', from: '${join(place, inner[0])}' }`;
  }
  return undefined;
}

interface Cursor {
  from: string;
  /** The key that holds it. */
  key: string;
  value: string;
}

function cursorsIn({ place, name, meaning, value }: Said): Cursor[] {
  if (meaning !== 'next' && meaning !== 'bookmark') return [];
  if (!isPlainObject(value)) return cursorAt(place, name, value);
  // MediaWiki's `continue` says in a key of that name again only how it has come there.
  return Object.entries(value).flatMap(([key, inner]) =>
    key === name ? [] : cursorAt(join(place, key), key, inner),
  );
}

function cursorAt(from: string, key: string, value: unknown): Cursor[] {
  const isScalar = (typeof value === 'string' && value !== '') || typeof value === 'number';
  const isReachable = /^[\w$@-]+$/.test(key);
  return isScalar && isReachable && linkIn(value) === undefined ? [{ from, key, value: String(value) }] : [];
}

/** The parameter under which one of the links carries the cursor. */
function paramIn(links: readonly string[], value: string): string | undefined {
  for (const link of links) {
    if (!URL.canParse(link, 'http://vendor')) continue;
    const found = [...new URL(link, 'http://vendor').searchParams].find(([, sent]) => sent === value);
    if (found !== undefined) return found[0];
  }
  return undefined;
}

/** As APIs call the parameter for that key: `next_page_token` → `page_token`, `endCursor` → `after`. */
function paramFor({ key }: Cursor): string {
  if (/^(end_?cursor|after_?cursor)$/i.test(key)) return 'after';
  if (/^next$/i.test(key)) return 'cursor';
  // Amazon's habit: asked for under the name under which it was given.
  if (/^next_?token$/i.test(key)) return key;
  const rest = key.replace(/^next[_-]?/i, '');
  return rest.charAt(0).toLowerCase() + rest.slice(1);
}
