import { LONGEST } from './longest.ts';
import type { PageAnswer } from './page-kind.ts';
import { Unreadable } from './unreadable.ts';

type Page = Pick<PageAnswer, 'url' | 'base' | 'loginParams'>;

/**
 * A link to the next page, absolute or relative, as a position that {@link addressAt} turns into an address again:
 * `2:/items?page=3` has the first two parts of the definition's path, which may hold a token, and goes on by itself.
 *
 * A link to another host is refused: the request carries secrets. Behind a proxy that ends TLS, APIs write http:// or
 * another port's number for themselves; the next page is asked for as the first one was, by the host of the url. Secrets
 * that the link repeats are left out: every request gets them anew.
 *
 * @param link what the answer holds
 * @param option of `pages`, for the message
 * @throws `Unreadable` where it is no link, or one to another host
 */
export function linkTo(link: unknown, { url, base, loginParams }: Page, option: string): string {
  if (typeof link !== 'string' || !URL.canParse(link, url)) {
    throw new Unreadable(`holds ${kindOf(link)} where the link to the next page should be`, option);
  }
  if (link.length > LONGEST) {
    const problem = `holds a link of ${link.length} letters, and servers take ${LONGEST} at most`;
    throw new Unreadable(problem, option);
  }
  const next = new URL(link, url);
  const own = new URL(base);
  if (!/^https?:$/.test(next.protocol) || next.hostname !== own.hostname) {
    const isHttp = /^https?:$/.test(next.protocol);
    const where = isHttp ? `the host ${next.hostname}` : `an address of ${next.protocol}`;
    throw new Unreadable(
      `links to ${where}, and a pull asks the host of its url alone, ${own.hostname}`,
      option,
    );
  }
  for (const name of loginParams.filter((param) => next.searchParams.has(param)))
    next.searchParams.delete(name);
  const shared = sharedParts(partsOf(own), partsOf(next));
  const rest = partsOf(next).slice(shared);
  return `${shared}:${rest.map((part) => `/${part}`).join('')}${next.search}`;
}

/** The address of a page at a position that {@link linkTo} made. @param base the definition's address, filled in */
export function addressAt(base: string, position: string): string {
  const [, shared = '', rest = ''] = /^(\d+):([^]*)$/.exec(position) ?? [];
  const address = new URL(base);
  const [path = '', query = ''] = splitAt(rest, '?');
  // Set, never resolved: a path such as //host would be taken for another host.
  address.pathname = partsOf(address)
    .slice(0, Number(shared))
    .map((part) => `/${part}`)
    .join('')
    .concat(path);
  address.search = query;
  return address.href;
}

/** `/v1/items` has the parts `v1` and `items`. */
function partsOf({ pathname }: URL): string[] {
  return pathname.split('/').slice(1);
}

function sharedParts(own: readonly string[], next: readonly string[]): number {
  const different = own.findIndex((part, index) => next[index] !== part);
  return different < 0 ? own.length : different;
}

function splitAt(text: string, mark: string): [string, string] {
  const at = text.indexOf(mark);
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at)];
}

/** Never the link itself: it may hold a key. */
function kindOf(value: unknown): string {
  if (typeof value === 'string') return 'a text that is no address';
  return Array.isArray(value) ? 'a list' : `a ${value === null ? 'null' : typeof value}`;
}
