import { z } from 'zod';
import type { Report } from './declared.ts';
import type { HttpSource } from '../definition/definition.ts';
import type { Duration } from './duration.ts';
import { duration, readOptions, text, wants } from './options.ts';
import { shown } from '../wording.ts';
import { isSecret, type Secret } from './secret.ts';

export interface HttpOptions {
  /**
   * The absolute address, without a query. `{start}` and `{end}` stand for the interval's bounds. An upper-case name such as
   * `{WEATHER_URL}` is a setting of the worker's environment, so that an address may differ from env to env; it is
   * looked up when the load runs and is no secret.
   */
  url: string;
  /** Parameters of the query; `{start}` and `{end}` are the interval's bounds, RFC 3339 in UTC. Default: none. */
  query?: Record<string, string>;
  /** Headers, as they are. Default: none. */
  headers?: Record<string, string>;
  /** How millrace identifies itself. Default: it does not. */
  auth?: { bearer: Secret };
  /** Path to the list of records in the body, dots between keys. Default: the body itself is the list. */
  records?: string;
  /** How the next page is asked for: `param` carries what the body held at `from`, until that is null or ''. */
  pages?: { kind: 'cursor'; param: string; from: string };
  /** How long one request may take. Default '30 seconds'. */
  timeout?: Duration;
}

const BODY_PATH = /^[^.\s]+(\.[^.\s]+)*$/;
const bodyPath = (example: string) =>
  text(example).regex(BODY_PATH, wants('a path of keys with dots between them', example));

const HTTP = {
  url: text("an address such as 'https://weather.example/v1/observations'"),
  query: texts("{ from: '{start}' }").optional(),
  headers: texts("{ accept: 'application/json' }").optional(),
  // What is given instead may be the token itself, so it is never shown.
  auth: z
    .custom<object>((value) => typeof value === 'object' && value !== null, {
      error: "is not an object; give { bearer: secret('WEATHER_TOKEN') }.",
    })
    .optional(),
  records: bodyPath("the key of the list, such as 'items'").optional(),
  pages: z.unknown(),
  timeout: duration().optional(),
};

const AUTH = {
  bearer: z.custom<Secret>(isSecret, {
    error: "is not a secret; give its name, such as secret('WEATHER_TOKEN').",
  }),
};

const PAGES = {
  kind: z.literal('cursor', {
    error: ({ input }) =>
      `${input === undefined ? 'is missing' : `${shown(input)} is unknown`}; use 'cursor'.`,
  }),
  param: text("the parameter that asks for the next page, such as 'after'"),
  from: bodyPath("the key of the cursor in the body, such as 'next'"),
};

/** Reads the option `http`; undefined where it could not be read. */
export function readHttp(options: unknown, report: Report): HttpSource | undefined {
  const read = readOptions(HTTP, options, 'http', report);
  const auth = read.auth === undefined ? undefined : readOptions(AUTH, read.auth, 'http.auth', report).bearer;
  const pages = read.pages === undefined ? undefined : readOptions(PAGES, read.pages, 'http.pages', report);
  checkPlaceholders(read.query ?? {}, report);
  checkHeaders(read.headers ?? {}, report);
  if (auth !== undefined) checkSecret(auth, report);
  if (pages !== undefined && read.records === undefined) {
    report(
      'http.records',
      "is missing; where there are pages the body is an object: name the list, such as 'items'.",
    );
  }
  if (pages?.param !== undefined && Object.hasOwn(read.query ?? {}, pages.param)) {
    report(`http.query.${pages.param}`, 'is what http.pages.param sets; leave it out of the query.');
  }
  if (read.url === undefined) return undefined;
  checkUrl(read.url, report);
  return {
    url: read.url,
    query: read.query ?? {},
    headers: read.headers ?? {},
    ...(auth === undefined ? {} : { auth: { bearer: { secret: auth.name } } }),
    records: read.records ?? '',
    ...(pages?.kind && pages.param && pages.from
      ? { pages: { kind: pages.kind, param: pages.param, from: pages.from } }
      : {}),
    timeoutMs: read.timeout ?? 30_000,
  };
}

function texts(example: string) {
  return z.record(
    z.string(),
    z.string(wants('a text', "a text, such as '500'")),
    wants('an object of texts', example),
  );
}

const SETTING = /^[A-Z][A-Z0-9_]*$/;

/** The words in braces. */
function placeholders(value: string): string[] {
  return [...value.matchAll(/\{([^{}]*)\}/g)].map((match) => match[1] ?? '');
}

function checkPlaceholders(query: Record<string, string>, report: Report): void {
  for (const [name, value] of Object.entries(query)) {
    for (const word of placeholders(value).filter((found) => found !== 'start' && found !== 'end')) {
      report(`http.query.${name}`, `${shown(`{${word}}`)} is unknown; use {start} or {end}.`);
    }
  }
}

function checkUrl(url: string, report: Report): void {
  const wrong = placeholders(url).filter((word) => word !== 'start' && word !== 'end' && !SETTING.test(word));
  for (const word of wrong) {
    report(
      'http.url',
      `${shown(`{${word}}`)} is unknown; use {start}, {end} or a setting such as {WEATHER_URL}.`,
    );
  }
  const example = url.replace(/^\{[A-Z][A-Z0-9_]*\}/, 'http://setting').replaceAll(/\{[^{}]*\}/g, '0');
  if (!/^https?:\/\//i.test(example) || !URL.canParse(example)) {
    report(
      'http.url',
      `${shown(url)} is not an address; begin it with https://, http:// or a setting such as {WEATHER_URL}.`,
    );
  } else if (/[?#]/.test(example)) {
    report('http.url', `${shown(url)} holds a query; write it as query: { name: 'value' }.`);
  } else if (new URL(example).username !== '' || new URL(example).password !== '') {
    report(
      'http.url',
      "holds a user or a password; leave them out and write auth: { bearer: secret('NAME') }.",
    );
  }
}

function checkHeaders(headers: Record<string, string>, report: Report): void {
  for (const [name, value] of Object.entries(headers)) {
    if (name.toLowerCase() === 'authorization') {
      report(
        `http.headers.${name}`,
        "would put a secret into the catalogue; write auth: { bearer: secret('NAME') }.",
      );
    } else if (!/^[\w!#$%&'*+.^`|~-]+$/.test(name) || /[^\t\x20-\x7e]/.test(value)) {
      report(
        `http.headers.${name.slice(0, 80)}`,
        'cannot be sent as a header; use printable ASCII, no line breaks.',
      );
    }
  }
}

function checkSecret({ name }: Secret, report: Report): void {
  if (typeof name === 'string' && SETTING.test(name)) return;
  // It may be the value of the secret: not shown.
  report(
    'http.auth.bearer',
    "secret() takes a name in upper case, never the value; write secret('WEATHER_TOKEN').",
  );
}
