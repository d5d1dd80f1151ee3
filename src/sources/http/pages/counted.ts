import { text, wants, wholeNumber } from '../../../define/options.ts';
import { data } from '../../../definition/facts.ts';
import { shown } from '../../../wording.ts';
import { valueAt } from '../../../definition/value-at.ts';
import { bodyPath } from '../body-path.ts';
import type { PageAnswer } from './page-kind.ts';
import { Moved, Unreadable } from './unreadable.ts';

/** What pages that are asked for by a number have in common: how large they are, and where they end. */
export interface CountedOptions {
  /** What `param` is given, where that is more than the number: `'(page:{n},page_size:100)'`. Default: the number alone. */
  as?: string;
  /** Records that a page is asked to have: `size: 100`, sent as `sizeParam`. Default: as the API has it. */
  size?: number;
  /** The parameter that asks for pages of that size. Default: none is sent. */
  sizeParam?: string;
  /** Where the body says how many records there are over all pages, dots between keys. Default: nowhere. */
  total?: string;
}

export const COUNTED = {
  as: text("a text with {n} for the number, such as '(page:{n},page_size:100)'")
    .regex(
      /\{n\}/,
      wants('a text with {n} in it', "where the number stands, such as '(page:{n},page_size:100)'"),
    )
    .optional(),
  size: wholeNumber(1, 100_000, 'the records of a page, such as 100').optional(),
  sizeParam: text("the parameter that sets the size of a page, such as 'limit'").optional(),
  total: bodyPath("the key of the number of all records in the body, such as 'meta.total'").optional(),
};

export const COUNTED_FACTS = { as: data(), size: data(), sizeParam: data(), total: data() };

type Read = { [Option in keyof CountedOptions]?: CountedOptions[Option] | undefined };

/** Those of the options that were given. */
export function countedFacts({ as, size, sizeParam, total }: Read): CountedOptions {
  return {
    ...(as === undefined ? {} : { as }),
    ...(size === undefined ? {} : { size }),
    ...(sizeParam === undefined ? {} : { sizeParam }),
    ...(total === undefined ? {} : { total }),
  };
}

/** @returns what is wrong with the options together; undefined: nothing */
export function sizeProblem({ size, sizeParam }: Read, param: string | undefined): string | undefined {
  if ((size === undefined) !== (sizeParam === undefined))
    return "needs both: size: 100, and sizeParam: 'limit' as the API calls it.";
  return sizeParam !== undefined && sizeParam === param
    ? `is '${sizeParam}', as param; give the parameter that sets the size of a page.`
    : undefined;
}

/** Names of the parameters that the walk sets. */
export function countedSets({ param, sizeParam }: { param: string; sizeParam?: string }): string[] {
  return sizeParam === undefined ? [param] : [param, sizeParam];
}

/** The parameters that ask for a page. @param at its number, or that of its first record */
export function countedParams(
  { param, as, size, sizeParam }: CountedOptions & { param: string },
  at: number,
): Record<string, string | number> {
  return {
    [param]: as === undefined ? at : as.replaceAll('{n}', String(at)),
    ...(sizeParam === undefined || size === undefined ? {} : { [sizeParam]: size }),
  };
}

/** A place in a walk by numbers. */
export interface Counted {
  /** Of the page, or of its first record. */
  at: number;
  /** What the first answer said: how many records, or pages, there are. */
  of?: number;
  /** Everything was read with the first page, if the total is one: this page should have no records. */
  isOver?: true;
}

type Seen = Omit<Counted, 'at'>;

export function positionOf(place: Counted): string {
  return JSON.stringify(place);
}

/** @param first where a walk begins */
export function placeOf(position: string | undefined, first: number): Counted {
  return position === undefined ? { at: first } : (JSON.parse(position) as Counted);
}

/**
 * Does the walk end with this page? A total that was read ends it; without one a page without records does, and no other:
 * a short page may be the API's own limit, or what a filter left of it.
 *
 * @returns what was seen up to now; undefined: the walk ends
 * @throws `Unreadable` where the total is none, or is none of all records · `Moved`
 */
export function goesOn(
  { size, total }: CountedOptions,
  { body, count, rows }: PageAnswer,
  { of, isOver }: Counted,
): Seen | undefined {
  if (total === undefined) return count === 0 ? undefined : {};
  if (isOver === true && count === 0) return undefined;
  const all = sameAs(of, numberAt(body, total, 'total'), total);
  const says = `${rows} were read, and '${total}' says ${all}`;
  if (rows > all) throw new Unreadable(`has more records than there should be: ${says}`, 'total');
  if (rows < all) {
    if (count === 0) throw new Unreadable(`has no records: ${says}`, 'total');
    return { of: all };
  }
  // Of a first page that may be full, the total may be that of the page: the next one shows it.
  const isAlone = of === undefined && count > 0 && count >= (size ?? 0);
  return isAlone ? { of: all, isOver: true } : undefined;
}

/** A list that grows or shrinks while it is read has moved rows over the edges of pages: one was read twice, or never. */
export function sameAs(before: number | undefined, now: number, place: string): number {
  if (before === undefined || before === now) return now;
  throw new Moved(`'${place}' said ${before} on the first page and says ${now} on this one`);
}

/** A number of records or pages: `431` or `'431'`. */
export function numberAt(body: unknown, place: string, option: string): number {
  const value = valueAt(body, place);
  const number = typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : value;
  if (typeof number === 'number' && Number.isSafeInteger(number) && number >= 0) return number;
  throw new Unreadable(`holds ${shown(value)} at '${place}' instead of a number`, option);
}
