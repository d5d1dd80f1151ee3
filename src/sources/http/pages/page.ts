import { z } from 'zod';
import type { Report } from '../../../define/declared.ts';
import { join, readOptions, text, wholeNumber } from '../../../define/options.ts';
import { data } from '../../../definition/facts.ts';
import { bodyPath } from '../body-path.ts';
import {
  COUNTED,
  COUNTED_FACTS,
  countedFacts,
  countedParams,
  countedSets,
  goesOn,
  numberAt,
  placeOf,
  positionOf,
  sameAs,
  sizeProblem,
  type Counted,
  type CountedOptions,
} from './counted.ts';
import type { PageAnswer, PageKind } from './page-kind.ts';
import { Unreadable } from './unreadable.ts';

/**
 * The next page is asked for by its number. The last page, or a total that was read, ends the walk; without them a page
 * without records does.
 *
 * @example
 * { kind: 'page', param: 'page', last: 'meta.pages' }
 */
export interface PageOptions extends CountedOptions {
  kind: 'page';
  /** The parameter that carries the number of the page. */
  param: string;
  /** The number of the first page, 0 or 1. Default 1. */
  first?: number;
  /** Where the body says how many pages there are, dots between keys. Default: nowhere. */
  last?: string;
}

const OPTIONS = {
  kind: z.unknown(),
  param: text("the parameter that asks for the next page, such as 'page'"),
  first: wholeNumber(0, 1, 'the number of the first page').optional(),
  last: bodyPath("the key of the number of pages in the body, such as 'meta.pages'").optional(),
  ...COUNTED,
};

const FIRST = 1;

export const page = {
  read(options: PageOptions, path: string, report: Report): PageOptions | undefined {
    const { param, first, last, ...counted } = readOptions(OPTIONS, options, path, report);
    const problem = sizeProblem(counted, param);
    if (problem !== undefined) report(join(path, 'sizeParam'), problem);
    if (last !== undefined && counted.total !== undefined)
      report(path, "has 'last' and 'total'; give one of them.");
    if (param === undefined) return undefined;
    return {
      kind: 'page',
      param,
      ...(first === undefined ? {} : { first }),
      ...(last === undefined ? {} : { last }),
      ...countedFacts(counted),
    };
  },
  facts: { param: data(), first: data({ default: FIRST }), last: data(), ...COUNTED_FACTS },
  isInBody: ({ total, last }: PageOptions) => total !== undefined || last !== undefined,
  isCounted: true,
  named: (position: string) => `page ${placeOf(position, FIRST).at}`,
  sets: countedSets,
  after({ first = FIRST, last, size }: PageOptions, position: string) {
    const { at, of, isOver } = placeOf(position, first);
    const read = at - first + 1;
    // Where the end is not known, each page beyond it would be asked for in vain.
    if (of === undefined || isOver === true || (last === undefined ? read * (size ?? of) : read) >= of)
      return undefined;
    return positionOf({ at: at + 1, of });
  },
  page: (facts: PageOptions, position: string | undefined) => ({
    params: countedParams(facts, placeOf(position, facts.first ?? FIRST).at),
  }),
  next(facts: PageOptions, answer: PageAnswer) {
    const here = placeOf(answer.position, facts.first ?? FIRST);
    const seen = facts.last === undefined ? goesOn(facts, answer, here) : untilLast(facts, answer, here);
    return seen && positionOf({ at: here.at + 1, ...seen });
  },
} satisfies PageKind<PageOptions>;

/** Pages are counted from `first` on: of 3 pages, the last one is page 3, or page 2 where the first is 0. */
function untilLast(
  { first = FIRST, last = '' }: PageOptions,
  { body, count }: PageAnswer,
  { at, of }: Counted,
): Omit<Counted, 'at'> | undefined {
  const pages = sameAs(of, numberAt(body, last, 'last'), last);
  const read = at - first + 1;
  if (read > pages && count > 0) {
    throw new Unreadable(`has records on page ${at}, and '${last}' says ${pages} pages`, 'last');
  }
  if (read >= pages) return undefined;
  if (count > 0) return { of: pages };
  throw new Unreadable(`has no records on page ${at}, and '${last}' says ${pages} pages`, 'last');
}
