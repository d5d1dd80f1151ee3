import type { HttpAnswer } from '../../clients/http.ts';
import type { OutsideDeps } from '../../load/deps.ts';
import type { Ask } from '../../load/source.ts';
import type { Ahead } from './ahead.ts';
import type { HttpFacts } from './facts.ts';
import type { PageKind } from './pages/page-kind.ts';
import type { PageOfPull } from './request.ts';

/** One walk over the pages of an interval. */
export interface Walk {
  facts: HttpFacts;
  /** undefined: one answer is all. */
  kind: PageKind<never> | undefined;
  ask: Ask<OutsideDeps>;
  /** Asks for them, some ahead of their turn. */
  pages: Pages;
  /** The positions that were asked for. */
  seen: Set<string>;
  /** Rows of the pages so far, those of earlier attempts included. */
  rows: number;
  /** The first and the last record of the page before. */
  edges?: string;
}

/** Answers by the position that they were asked for. */
export type Pages = Ahead<{ request: PageOfPull; answer: HttpAnswer }>;
