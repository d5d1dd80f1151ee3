import { z } from 'zod';
import type { Report } from '../../../define/declared.ts';
import { readOptions, text } from '../../../define/options.ts';
import { data } from '../../../definition/facts.ts';
import { shown } from '../../../wording.ts';
import { valueAt } from '../../../definition/value-at.ts';
import { bodyPath } from '../body-path.ts';
import { cursorIn } from './cursor-in.ts';
import type { PageAnswer, PageKind } from './page-kind.ts';
import { Unreadable } from './unreadable.ts';

/**
 * The next page is the one after the last record of this one. A flag that is false, or without a flag a page without
 * records, ends the walk.
 *
 * @example
 * { kind: 'lastRow', param: 'starting_after', column: 'id', more: 'has_more' }
 */
export interface LastRowOptions {
  kind: 'lastRow';
  /** The parameter that carries the value of the last record. */
  param: string;
  /** Where a record holds it, dots between keys. No two records have the same: else those after it are skipped. */
  column: string;
  /** Where the body says whether there are more records, dots between keys. Default: nowhere. */
  more?: string;
}

const OPTIONS = {
  kind: z.unknown(),
  param: text("the parameter that asks for the next page, such as 'starting_after'"),
  column: bodyPath("the key of a record whose value leads to the next page, such as 'id'"),
  more: bodyPath("the key of the flag in the body, such as 'has_more'").optional(),
};

export const lastRow = {
  read(options: LastRowOptions, path: string, report: Report): LastRowOptions | undefined {
    const { param, column, more } = readOptions(OPTIONS, options, path, report);
    if (param === undefined || column === undefined) return undefined;
    return { kind: 'lastRow', param, column, ...(more === undefined ? {} : { more }) };
  },
  facts: { param: data(), column: data(), more: data() },
  isInBody: ({ more }: LastRowOptions) => more !== undefined,
  named: (position: string) => `the last row's ${shown(position)}`,
  sets: ({ param }: LastRowOptions) => [param],
  page: ({ param }: LastRowOptions, position: string | undefined) =>
    position === undefined ? {} : { params: { [param]: position } },
  next({ column, more }: LastRowOptions, { body, count, last: record }: PageAnswer) {
    if (more !== undefined && !isMore(body, more)) return undefined;
    if (count === 0) {
      if (more === undefined) return undefined;
      throw new Unreadable(`says at '${more}' that there are more records, and has none itself`, 'more');
    }
    const last = cursorIn(valueAt(record, column), `at '${column}' of its last record`, 'column');
    if (last === undefined) throw new Unreadable(`has no '${column}' in its last record`, 'column');
    return last;
  },
} satisfies PageKind<LastRowOptions>;

function isMore(body: unknown, place: string): boolean {
  const flag = valueAt(body, place);
  if (typeof flag === 'boolean') return flag;
  throw new Unreadable(`holds ${shown(flag)} at '${place}' instead of true or false`, 'more');
}
