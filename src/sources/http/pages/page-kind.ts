import type { Alternative } from '../../../define/one-of.ts';
import type { FactTable } from '../../../definition/facts.ts';

/** A way to walk pages. A walk's position is a text that it makes and reads alone: a cursor, a number, a link. */
export interface PageKind<Facts extends object> extends Alternative {
  facts: FactTable;
  /** Does the body say what the next page is? Then it is an object, and its list of records has a name. */
  isInBody(facts: Facts): boolean;
  /** Is a position a link, with all of the request in it? */
  isLink?: true;
  /** Do positions follow from each other, whatever is answered? Then a page that comes again shows in its records. */
  isCounted?: true;
  /** A position as a message names it: `the cursor 'p2'`. */
  named(position: string): string;
  /** Parameters that the walk sets: the definition's own query, or body, must leave them out. */
  sets(facts: Facts): string[];
  /**
   * Where the page after one that was not read yet is, if nothing changes; undefined: there is none, or nobody knows.
   * Absent: each page is known by the one before it alone.
   */
  after?(facts: Facts, position: string): string | undefined;
  /** What the request says of the page at `position`; undefined: of the first. */
  page(facts: Facts, position: string | undefined): PageRequest;
  /**
   * Where the next page is; undefined: this was the last.
   * @throws `Unreadable` where the answer does not say
   */
  next(facts: Facts, answer: PageAnswer): string | undefined;
}

/** What names a page in a request. */
export interface PageRequest {
  /** Parameters beside the definition's own: of the query, or of the JSON body where the definition sends one. */
  params?: Record<string, string | number>;
  /** A position of `linkTo`: path and query, in place of the definition's own. */
  link?: string;
}

/** What was answered for one page. */
export interface PageAnswer {
  /** Where the page was asked for. */
  url: string;
  /** The definition's own address, filled in, without a query. */
  base: string;
  /** Parameters with which the request said who sends it: an API may repeat them in its links. */
  loginParams: readonly string[];
  /** The document around its records. */
  body: unknown;
  /** By their names in lower case. */
  headers: Record<string, string>;
  /** How many records this page has. */
  count: number;
  /** The last of them. */
  last: unknown;
  /** How many rows were read, of this page and of all before it. */
  rows: number;
  position: string | undefined;
}
