import { z } from 'zod';
import type { Report } from '../../define/declared.ts';
import type { AroundSource } from '../../define/pull.ts';
import type { Duration } from '../../define/duration.ts';
import { readOneOf, type ByKind, type OneOf, type OptionsOf } from '../../define/one-of.ts';
import {
  duration,
  isPlainObject,
  join,
  readOptions,
  text,
  wants,
  wholeNumber,
} from '../../define/options.ts';
import { shown } from '../../wording.ts';
import { AUTH_EXAMPLES, AUTH_KINDS } from './auth/index.ts';
import { loginParams } from './auth/login-of.ts';
import { bodyPath } from './body-path.ts';
import { readBudget, type BudgetOptions } from './budget.ts';
import { checkAddress } from './address.ts';
import { checkUrl } from './check-url.ts';
import { HTTP_DEFAULTS, type HttpFacts } from './facts.ts';
import type { FormatName } from '../formats/index.ts';
import type { CsvOptions } from '../formats/csv.ts';
import { isListFormat, nameOfFormat, readFormat } from '../formats/read.ts';
import { isHeader } from './header-text.ts';
import { checkBody, checkJson, jsonBody, type JsonBody } from './json-body.ts';
import { readLimited, type LimitedOptions } from './limited.ts';
import type { PAGE_KINDS } from './pages/index.ts';
import { readPages, type Asked } from './pages/read.ts';
import { isSecretName, looksPasted } from './pasted.ts';
import { checkTexts } from '../placeholders.ts';

/** A format of which more is to be said than its name. */
export interface FormatOptions {
  /** A table as text, under what differs from the usual. */
  csv: CsvOptions;
}

/** How an API says that it has no rows. */
export interface NoRowsOptions {
  /** The status of such an answer, 200 to 499: 204 and 404 are usual. */
  status: number;
}

export interface HttpOptions {
  /**
   * The absolute address, without a query. Placeholders stand for the interval, as in `query`. An upper-case name such as
   * `{WEATHER_URL}` is a setting of the worker's environment, so that an address may differ from env to env; it is looked
   * up when the load runs. Of what it holds, messages show scheme and host alone.
   */
  url: string;
  /**
   * Parameters of the query. Placeholders stand for the interval: `{start}` and `{end}` are its bounds, RFC 3339 in UTC;
   * `{start.date}`, `{end.date}` and `{last.date}` the days in the calendar's zone on which it begins, ends, and has its
   * last instant; `{start.unix}`, `{end.unix}`, `{start.unixMs}` and `{end.unixMs}` its bounds since 1970. A secret is
   * named in `auth`. Default: none.
   */
  query?: Record<string, string>;
  /** Headers, as they are. A secret is named in `auth`. Default: none. */
  headers?: Record<string, string>;
  /**
   * Sent as a JSON body, by POST: a search, GraphQL. Placeholders in its texts stand for the interval, as in `query`; a
   * text that is `{start.unix}` and nothing else becomes a number. The parameters of `pages` are keys of it then, such as
   * `'variables.after'`. Default: none, and a GET.
   */
  json?: JsonBody;
  /** How millrace identifies itself. Default: it does not. */
  auth?: OneOf<OptionsOf<typeof AUTH_KINDS>>;
  /**
   * What the body is. Of CSV more can be said: `{ csv: { delimiter: ';' } }`. Default 'json'.
   *
   * @example { csv: { delimiter: ';' } }
   */
  format?: FormatName | FormatOptions;
  /**
   * Path to the list of records in the body, dots between keys. A page after the first that is `{}` has none. Default: the
   * body itself is the list.
   */
  records?: string;
  /** How the next page is asked for. Default: one answer is all. */
  pages?: ByKind<OptionsOf<typeof PAGE_KINDS>>;
  /**
   * Keys of the body (dots between them) and headers that look as if they spoke of more pages and mean something else:
   * `['total']` where it is a sum. Default: none; an answer that says that there are more rows fails the load.
   */
  notPages?: string[];
  /** Texts that mean that there is no value, such as `['NA', '-']`: they are null. Default: none. */
  nulls?: string[];
  /** The status by which the API says that it has no rows of the interval, as `{ status: 404 }`. Default: none does. */
  noRows?: NoRowsOptions;
  /**
   * How the API says that it has been asked too often: it is left alone for as long as it says. Default: 429, 503, and a 403
   * whose headers speak of a limit.
   */
  limited?: LimitedOptions;
  /** How often the vendor may be asked, by all workers together. Default: as often as it answers. */
  budget?: BudgetOptions;
  /** How long one request may take, from the search for the host to the last byte. Default '30 seconds'. */
  timeout?: Duration;
}

const HTTP = {
  url: text("an address such as 'https://vendor.example/v1/rates'"),
  query: texts("{ from: '{start}' }").optional(),
  headers: texts("{ accept: 'application/json' }").optional(),
  json: jsonBody("{ filter: { since: '{start}' } }").optional(),
  auth: z.unknown(),
  format: z.unknown(),
  records: bodyPath("the key of the list, such as 'items'").optional(),
  pages: z.unknown(),
  notPages: z
    .array(text("a key such as 'total'"), wants('a list of keys', "the keys of the body, such as ['total']"))
    .optional(),
  nulls: z
    .array(
      text("a text such as 'NA'"),
      wants('a list of texts', "what the API writes for a missing value, such as ['NA', '-']"),
    )
    .min(1)
    .optional(),
  noRows: z.unknown(),
  limited: z.unknown(),
  budget: z.unknown(),
  timeout: duration().optional(),
};

const NO_ROWS = { status: wholeNumber(200, 499, 'the status that means it, such as 404') };

/** Reads the options of an HTTP source; undefined where they could not be read. */
export function readHttp(
  options: HttpOptions,
  path: string,
  report: Report,
  around: AroundSource,
): HttpFacts | undefined {
  const read = readOptions(HTTP, options, path, report);
  const { url, query = HTTP_DEFAULTS.query, headers = HTTP_DEFAULTS.headers, records } = read;
  const format =
    read.format === undefined ? undefined : readFormat(read.format, join(path, 'format'), report);
  const noRows =
    read.noRows === undefined ? undefined : readOptions(NO_ROWS, read.noRows, join(path, 'noRows'), report);
  const limited =
    read.limited === undefined ? undefined : readLimited(read.limited, join(path, 'limited'), report);
  const budget =
    read.budget === undefined ? undefined : readBudget(read.budget, join(path, 'budget'), report);
  const isList = isListFormat(format);
  if (isList && records !== undefined)
    report(
      join(path, 'records'),
      `looks into the body, which '${nameOfFormat(format)}' makes a list; leave it out.`,
    );
  const auth = read.auth === undefined ? undefined : readAuth(read.auth, join(path, 'auth'), report);
  const ofLogin = read.json === undefined ? loginParams(auth) : [];
  const asked: Asked = { query, json: read.json, records, format: nameOfFormat(format), isList, ofLogin };
  const pages = read.pages === undefined ? undefined : readPages(read.pages, asked, path, report);
  checkTexts(query, around, join(path, 'query'), report);
  checkPasted(query, join(path, 'query'), report);
  checkHeaders(headers, join(path, 'headers'), report);
  if (read.json !== undefined && checkJson(read.json, join(path, 'json'), report)) {
    checkBody(read.json, join(path, 'json'), report, pasted(AUTH_EXAMPLES));
  }
  if (url === undefined) return undefined;
  checkAddress(url, around, join(path, 'url'), report);
  checkUrl(url, join(path, 'url'), `write auth: ${AUTH_EXAMPLES}`, report);
  return {
    url,
    query,
    headers,
    ...(read.json === undefined ? {} : { json: read.json }),
    ...(auth === undefined ? {} : { auth }),
    ...(format === undefined ? {} : { format }),
    records: records ?? HTTP_DEFAULTS.records,
    ...(pages === undefined ? {} : { pages }),
    ...(read.nulls === undefined ? {} : { nulls: read.nulls }),
    ...(noRows?.status === undefined ? {} : { noRows: { status: noRows.status } }),
    ...(limited === undefined ? {} : { limited }),
    ...(budget === undefined ? {} : { budget }),
    ...(read.notPages === undefined ? {} : { notPages: read.notPages }),
    timeoutMs: read.timeout ?? HTTP_DEFAULTS.timeoutMs,
  };
}

/** Of an object that is none, and of what should be a secret, the message shows no value: it may be one. */
function texts(example: string) {
  const value = z.string({
    error: ({ input, path }) =>
      `${isSecretName(String(path?.at(-1))) ? '' : `${shown(input)} `}is not a text; give a text, such as '500'.`,
  });
  return z.record(z.string(), value, `is not an object of texts; give ${example}.`);
}

function readAuth(options: unknown, path: string, report: Report): HttpFacts['auth'] {
  if (!isPlainObject(options)) {
    // It may be the secret itself, so it is not shown.
    report(path, `is not an object; give ${AUTH_EXAMPLES}.`);
    return undefined;
  }
  readOptions(anyOf(AUTH_KINDS), options, path, report);
  const auth = readOneOf(AUTH_KINDS, options, path, report);
  return auth && { [auth.name]: auth.facts };
}

/** Options of which others say what they may hold. */
function anyOf(names: object) {
  return Object.fromEntries(Object.keys(names).map((name) => [name, z.unknown()]));
}

function checkHeaders(headers: Record<string, string>, path: string, report: Report): void {
  for (const [name, value] of Object.entries(headers)) {
    const own = join(path, name.slice(0, 80));
    if (!isHeader(name, value)) {
      report(own, 'cannot be sent as a header; use printable ASCII, no line breaks.');
    } else if (looksPasted(name, value)) {
      const auth = /^bearer /i.test(value) ? BEARER : `{ header: { '${name}': ${SECRET} } }`;
      report(own, pasted(auth));
    }
  }
}

function checkPasted(query: Record<string, string>, path: string, report: Report): void {
  for (const [name, value] of Object.entries(query)) {
    if (looksPasted(name, value)) report(join(path, name), pasted(`{ query: { '${name}': ${SECRET} } }`));
  }
}

const SECRET = "secret('WEATHER_TOKEN')";
const BEARER = AUTH_KINDS.bearer.example;

function pasted(auth: string): string {
  return `looks like a secret, which would stand in the catalogue; write auth: ${auth}.`;
}
