import type { PageAnswer } from './page-kind.ts';
import { Unreadable } from './unreadable.ts';

/** Servers take no longer address: what is longer is something else. */
const MAX_LENGTH = 8_000;

type Page = Pick<PageAnswer, 'url' | 'loginParams'>;

/**
 * Path and query of a link to the next page, absolute or relative, as a request of the same pull can take them.
 *
 * A link to another host is refused: the request carries secrets. Behind a proxy that ends TLS, APIs write http:// or
 * another port's number for themselves; the next page is asked for as the first one was, by the host of the url. Secrets
 * that the link repeats are left out: every request gets them anew.
 *
 * @param link what the answer holds
 * @param option of `pages`, for the message
 * @throws `Unreadable` where it is no link, or one to another host
 */
export function linkTo(link: unknown, { url, loginParams }: Page, option: string): string {
  if (typeof link !== 'string' || !URL.canParse(link, url)) {
    throw new Unreadable(`holds ${kindOf(link)} where the link to the next page should be`, option);
  }
  if (link.length > MAX_LENGTH) {
    const problem = `holds a link of ${link.length} letters, and servers take ${MAX_LENGTH} at most`;
    throw new Unreadable(problem, option);
  }
  const next = new URL(link, url);
  const { protocol, hostname, pathname, searchParams } = next;
  const own = new URL(url);
  if (!/^https?:$/.test(protocol) || hostname !== own.hostname) {
    const where = /^https?:$/.test(protocol) ? `the host ${hostname}` : `an address of ${protocol}`;
    throw new Unreadable(
      `links to ${where}, and a pull asks the host of its url alone, ${own.hostname}`,
      option,
    );
  }
  for (const name of loginParams.filter((param) => searchParams.has(param))) searchParams.delete(name);
  return `${pathname}${next.search}`;
}

/** Never the link itself: it may hold a key. */
function kindOf(value: unknown): string {
  if (typeof value === 'string') return 'a text that is no address';
  return Array.isArray(value) ? 'a list' : `a ${value === null ? 'null' : typeof value}`;
}
