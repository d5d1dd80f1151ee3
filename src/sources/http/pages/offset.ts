import { z } from 'zod';
import type { Report } from '../../../define/declared.ts';
import { join, readOptions, text } from '../../../define/options.ts';
import { data } from '../../../definition/facts.ts';
import {
  COUNTED,
  COUNTED_FACTS,
  countedFacts,
  countedParams,
  countedSets,
  goesOn,
  placeOf,
  positionOf,
  sizeProblem,
  type CountedOptions,
} from './counted.ts';
import type { PageAnswer, PageKind } from './page-kind.ts';

/**
 * The next page is asked for by the number of records before it. A total that was read ends the walk; without one, a
 * page without records does.
 *
 * @example
 * { kind: 'offset', param: 'offset', size: 100, sizeParam: 'limit', total: 'meta.total' }
 */
export interface OffsetOptions extends CountedOptions {
  kind: 'offset';
  /** The parameter that carries the number of records before the page; the first page is asked for with 0. */
  param: string;
}

const OPTIONS = {
  kind: z.unknown(),
  param: text("the parameter that asks for the next page, such as 'offset'"),
  ...COUNTED,
};

const FIRST = 0;

export const offset = {
  read(options: OffsetOptions, path: string, report: Report): OffsetOptions | undefined {
    const { param, ...counted } = readOptions(OPTIONS, options, path, report);
    const problem = sizeProblem(counted, param);
    if (problem !== undefined) report(join(path, 'sizeParam'), problem);
    return param === undefined ? undefined : { kind: 'offset', param, ...countedFacts(counted) };
  },
  facts: { param: data(), ...COUNTED_FACTS },
  isInBody: ({ total }: OffsetOptions) => total !== undefined,
  isCounted: true,
  named: (position: string) => `the offset ${placeOf(position, FIRST).at}`,
  sets: countedSets,
  after({ size }: OffsetOptions, position: string) {
    const { at, of, isOver } = placeOf(position, FIRST);
    // Where the end is not known, each page beyond it would be asked for in vain.
    if (size === undefined || of === undefined || isOver === true || at + size >= of) return undefined;
    return positionOf({ at: at + size, of });
  },
  page: (facts: OffsetOptions, position: string | undefined) => ({
    params: countedParams(facts, placeOf(position, FIRST).at),
  }),
  next(facts: OffsetOptions, answer: PageAnswer) {
    const here = placeOf(answer.position, FIRST);
    const seen = goesOn(facts, answer, here);
    return seen && positionOf({ at: here.at + answer.count, ...seen });
  },
} satisfies PageKind<OffsetOptions>;
