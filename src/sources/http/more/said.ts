import { isPlainObject, join } from '../../../define/options.ts';
import { nextLinks } from '../link-header.ts';
import { isEnvelope, meaningOf, type Meaning } from './meaning.ts';

/** One thing that an answer says of its pages. */
export interface Said {
  /** Keys with dots between them, or a header's name in lower case. */
  place: string;
  isHeader: boolean;
  /** The last key of the place. */
  name: string;
  meaning: Meaning;
  value: unknown;
}

/**
 * What a body says beside its list of records: in the objects around the list, and in their usual envelopes.
 * @param list the path of the list
 */
export function saidInBody(body: unknown, list: string): Said[] {
  return around(body, list).flatMap(([place, holder]) => saidIn(holder, place));
}

type Holder = [place: string, object: Record<string, unknown>];

/** The objects that hold the list, the outermost first; of a list that holds it, the objects beside it. */
function around(body: unknown, list: string): Holder[] {
  const holders: Holder[] = [];
  let value = body;
  const passed: string[] = [];
  for (const key of list === '' ? [] : list.split('.')) {
    if (typeof value !== 'object' || value === null) break;
    if (isPlainObject(value)) holders.push([join(...passed), value]);
    else {
      for (const [index, element] of Object.entries(value)) {
        if (isPlainObject(element)) holders.push([join(...passed, index), element]);
      }
    }
    passed.push(key);
    value = (value as Record<string, unknown>)[key];
  }
  return holders;
}

/** `meta.pagination.links.next` is as deep as it gets. */
const MAX_DEPTH = 3;

function saidIn(holder: Record<string, unknown>, place: string, depth = 0): Said[] {
  return Object.entries(holder).flatMap(([name, value]) => {
    const here = join(place, name);
    const meaning = meaningOf(name);
    const said = meaning === undefined ? [] : [{ place: here, isHeader: false, name, meaning, value }];
    if (!isEnvelope(name) || depth === MAX_DEPTH) return said;
    if (Array.isArray(value)) return [...said, ...linksIn(value, here)];
    return isPlainObject(value) ? [...said, ...saidIn(value, here, depth + 1)] : said;
  });
}

/** `[{ rel: 'next', href: '…' }]`. */
function linksIn(links: unknown[], place: string): Said[] {
  return links.flatMap((link, index) =>
    isPlainObject(link) && link['rel'] === 'next'
      ? [
          {
            place: join(place, String(index)),
            isHeader: false,
            name: 'next',
            meaning: 'next',
            value: link['href'],
          },
        ]
      : [],
  );
}

/** What headers say: `Link`, `Content-Range`, and the well-known names that begin with `X-`. */
export function saidInHeaders(headers: Record<string, string>): Said[] {
  return Object.entries(headers).flatMap(([name, value]): Said[] => {
    const said = { place: name, isHeader: true, name };
    if (name === 'link') return nextLinks(value).map((link) => ({ ...said, meaning: 'next', value: link }));
    if (name === 'content-range')
      return [...beyond(value)].map((total) => ({ ...said, meaning: 'total', value: total }));
    return name.startsWith('x-') ? ownHeader(said, value) : [];
  });
}

/** `X-Total-Count`, `X-WP-Total`, `X-MS-Continuation`; or `X-Pagination` with all of it in JSON. */
function ownHeader(said: Pick<Said, 'place' | 'isHeader' | 'name'>, value: string): Said[] {
  if (value.startsWith('{')) {
    const own = objectIn(value);
    return own === undefined
      ? []
      : saidIn(own, '').map((inner) => ({ ...inner, place: join(said.place, inner.place), isHeader: true }));
  }
  const meaning = meaningOf(said.name.replace(/^x-(pagination-|wp-|ms-)?/, ''));
  return meaning === undefined ? [] : [{ ...said, meaning, value }];
}

function objectIn(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isPlainObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** The size of the whole, where a range (RFC 9110 §14.4) ends before it: `items 0-99/431`. */
function beyond(range: string): number[] {
  const [, last, size] = /-(\d+)\/(\d+)$/.exec(range) ?? [];
  return last !== undefined && Number(size) > Number(last) + 1 ? [Number(size)] : [];
}
