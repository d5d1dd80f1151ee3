import type { Alternative } from '../../../define/one-of.ts';
import type { FactTable } from '../../../definition/facts.ts';

/** A way to walk pages. A walk's position is a text that it makes and reads alone: a cursor, a number. */
export interface PageKind<Facts extends object> extends Alternative {
  facts: FactTable;
  /** Does the body say what the next page is? Then it is an object, and its list of records has a name. */
  isInBody: boolean;
  /** A position as a message names it: `the cursor 'p2'`. */
  named(position: string): string;
  /** Parameters of the query that the walk sets: the definition's own query must leave them out. */
  sets(facts: Facts): string[];
  /** The query of the page at `position`; undefined: of the first. */
  query(facts: Facts, position: string | undefined): Record<string, string>;
  /**
   * Where the next page is; undefined: this was the last.
   * @throws `Unreadable` where the answer does not say
   */
  next(facts: Facts, answer: PageAnswer): string | undefined;
}

/** What was answered for one page. */
export interface PageAnswer {
  body: unknown;
  /** Records on this page. */
  records: number;
  position: string | undefined;
}
