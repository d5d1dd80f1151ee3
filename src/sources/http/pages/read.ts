import type { Report } from '../../../define/declared.ts';
import { readByKind } from '../../../define/one-of.ts';
import { isPlainObject, join } from '../../../define/options.ts';
import { valueAt } from '../../../definition/value-at.ts';
import { shown } from '../../../wording.ts';
import type { HttpFacts } from '../facts.ts';
import { isInText, type JsonBody } from '../json-body.ts';
import { PAGE_KINDS, pageKind } from './index.ts';

/** What a request is beside its page. */
export interface Asked {
  query: Record<string, string>;
  json: JsonBody | undefined;
  /** The path of the list in the body. */
  records: string | undefined;
  /** The name of the format. */
  format: string;
  /** Does the format make the body the list itself? */
  isList: boolean;
  /** Parameters of the query that the login sets. */
  ofLogin: string[];
}

/** Reads how the next page is asked for, and reports what does not go with the rest of the request. @param path of the source */
export function readPages(options: unknown, asked: Asked, path: string, report: Report): HttpFacts['pages'] {
  const pages = readByKind(PAGE_KINDS, options, join(path, 'pages'), report) as HttpFacts['pages'];
  const kind = isPlainObject(options) ? pageKind(String(options['kind'])) : undefined;
  if (pages === undefined || kind?.isInBody(pages as never) !== false) checkBody(asked, path, report);
  if (pages === undefined || kind === undefined) return pages;
  checkPlaces(pages, asked, join(path, 'pages'), report);
  checkParams(kind.sets(pages as never), asked, path, report);
  if (asked.json !== undefined && kind.isLink === true) {
    report(join(path, 'pages'), 'follows a link, which asks by GET; use a kind that names a parameter.');
  }
  return pages;
}

/** Options that name a place in the body. */
const PLACES = ['from', 'more', 'total', 'last'];

/** What stands in the list is a record's, and of a large page the first record alone is kept. */
function checkPlaces(pages: object, { records }: Asked, path: string, report: Report): void {
  if (records === undefined) return;
  for (const name of PLACES) {
    const place: unknown = Reflect.get(pages, name);
    if (typeof place === 'string' && place.startsWith(`${records}.`))
      report(
        join(path, name),
        `${shown(place)} stands in the list of records itself; name a key beside the list, or use { kind: 'lastRow', column: 'id', … }.`,
      );
  }
}

/** Where the body says what the next page is. */
function checkBody({ isList, format, records }: Asked, path: string, report: Report): void {
  if (isList) {
    report(
      join(path, 'pages'),
      `looks into the body, which '${format}' makes a list; use a kind that does not.`,
    );
  } else if (records === undefined) {
    report(
      join(path, 'records'),
      "is missing; where the body says what the next page is, it is an object: name the list, such as 'items'.",
    );
  }
}

/** @param sets the parameters that name a page */
function checkParams(
  sets: readonly string[],
  { query, json, ofLogin }: Asked,
  path: string,
  report: Report,
): void {
  const [place, own] = json === undefined ? ['query', query] : ['json', json];
  for (const param of sets.filter((name) => valueAt(own, name) !== undefined)) {
    report(join(path, place, param), `is what ${join(path, 'pages')} sets; leave it out.`);
  }
  for (const param of sets.filter((name) => json !== undefined && isInText(json, name))) {
    report(
      join(path, 'pages'),
      `sets '${param}' in json, where what stands around it is no object; mend one of them.`,
    );
  }
  for (const param of sets.filter((name) => ofLogin.includes(name))) {
    report(join(path, 'auth'), `and pages both set the parameter '${param}'; mend one of them.`);
  }
}
