import { expect, test } from 'vitest';
import { every, pull, secret, z } from '../../../src/index.ts';
import { byMessage, expectProblem, type Judged } from '../../support/problems-of.ts';

const row = z.object({ hour: z.iso.datetime(), origin: z.string(), note: z.string().optional() });
const HTTP = { url: 'https://weather.example/v1' };

/** Options that the compiler would refuse too, as a file that nobody type-checked holds them. */
const unchecked = (options: object) => options as never;
const TABLE = { every: every.hour(), time: 'hour', key: ['hour', 'origin'], row };
const httpOf = (options: object) => pull('p', unchecked({ ...TABLE, http: { ...HTTP, ...options } }));
const oauth2Of = (options: object) =>
  httpOf({ auth: { oauth2: { url: '{ADS_URL}/token', id: secret('I'), secret: secret('S'), ...options } } });
const loginOf = (options: object) =>
  httpOf({ auth: { login: { url: '{SHOP_URL}/login', json: { user: secret('U') }, ...options } } });
const pageOf = (options: object) => httpOf({ pages: { kind: 'page', param: 'q', ...options } });
const csvOf = (options: object) => httpOf({ format: { csv: options }, records: undefined, pages: undefined });

/** A body that holds itself. */
const CYCLIC: Record<string, unknown> = {};
CYCLIC['own'] = CYCLIC;

const INVALID: Judged[] = [
  [
    httpOf({ url: '/v1' }),
    "http.url: '/v1' is not an address; begin it with https://, http:// or a setting such as {WEATHER_URL}.",
  ],
  [
    httpOf({ url: 'https://w/{begin}' }),
    "http.url: '{begin}' is unknown; use one of {start}, {end}, {start.date}, {end.date}, {last.date}, {start.unix}, {end.unix}, {start.unixMs}, {end.unixMs}, or a setting such as {WEATHER_URL}.",
  ],
  [
    httpOf({ url: 'https://me:pw@w/' }),
    "http.url: holds a user or a password; leave them out and write auth: { bearer: secret('WEATHER_TOKEN') } or { basic: { user: secret('WEATHER_USER'), password: secret('WEATHER_PASSWORD') } } or { header: { 'X-Api-Key': secret('WEATHER_TOKEN') } } or { query: { key: secret('WEATHER_TOKEN') } }.",
  ],
  [
    httpOf({ url: 'https://w/v1?key={API_KEY}' }),
    "http.url: 'https://w/v1?key={API_KEY}' holds a query; write it as query: { name: 'value' }.",
  ],
  [
    httpOf({ query: { from: '{from}' } }),
    "http.query.from: '{from}' is unknown; use one of {start}, {end}, {start.date}, {end.date}, {last.date}, {start.unix}, {end.unix}, {start.unixMs}, {end.unixMs}.",
  ],
  [httpOf({ query: { limit: 500 } }), "http.query.limit: 500 is not a text; give a text, such as '500'."],
  [
    httpOf({ headers: { Authorization: 'Bearer abc' } }),
    "http.headers.Authorization: looks like a secret, which would stand in the catalogue; write auth: { bearer: secret('WEATHER_TOKEN') }.",
  ],
  [
    httpOf({ auth: { bearer: 'abc-token' } }),
    "http.auth.bearer: is not a secret; give its name, such as secret('WEATHER_TOKEN').",
  ],
  [
    httpOf({ auth: 'abc-token' }),
    "http.auth: is not an object; give { bearer: secret('WEATHER_TOKEN') } or { basic: { user: secret('WEATHER_USER'), password: secret('WEATHER_PASSWORD') } } or { header: { 'X-Api-Key': secret('WEATHER_TOKEN') } } or { query: { key: secret('WEATHER_TOKEN') } }.",
  ],
  [
    httpOf({ auth: { basic: { user: 'me', password: secret('WEATHER_PASSWORD') } } }),
    "http.auth.basic.user: is not a secret; give its name, such as secret('WEATHER_TOKEN').",
  ],
  [
    httpOf({ auth: { bearer: secret('abc-token') } }),
    "http.auth.bearer: secret() takes a name in upper case, never the value; write secret('WEATHER_TOKEN').",
  ],
  [
    httpOf({ auth: { bearer: secret('MILLRACE_MARIADB_PASSWORD') } }),
    "http.auth.bearer: 'MILLRACE_MARIADB_PASSWORD' is a setting of millrace or Temporal itself; give the secret a name of its own.",
  ],
  [
    httpOf({ auth: { bearer: secret('TEMPORAL_API_KEY') } }),
    "http.auth.bearer: 'TEMPORAL_API_KEY' is a setting of millrace or Temporal itself; give the secret a name of its own.",
  ],
  [
    httpOf({ url: '{MILLRACE_DRUID_URL}/druid/v2' }),
    'http.url: {MILLRACE_DRUID_URL} is a setting of millrace or Temporal itself; give the address a setting of its own.',
  ],
  [httpOf({ auth: { baerer: secret('X') } }), "http.auth.baerer: is not an option; did you mean 'bearer'?"],
  [
    oauth2Of({ url: undefined }),
    "http.auth.oauth2.url: is missing; give the address of its tokens, such as '{ADS_URL}/oauth/token'.",
  ],
  [
    oauth2Of({ url: 'ads/token' }),
    "http.auth.oauth2.url: 'ads/token' is not an address; begin it with https://, http:// or a setting such as {WEATHER_URL}.",
  ],
  [
    oauth2Of({ url: 'https://w/{start}' }),
    "http.auth.oauth2.url: '{start}' is unknown; use a setting such as {ADS_URL}.",
  ],
  [
    oauth2Of({ url: 'https://me:pw@w/token' }),
    'http.auth.oauth2.url: holds a user or a password; leave them out and name them as secrets of the login.',
  ],
  [
    oauth2Of({ id: 'abc' }),
    "http.auth.oauth2.id: is not a secret; give its name, such as secret('WEATHER_TOKEN').",
  ],
  [
    oauth2Of({ secret: secret('TEMPORAL_API_KEY') }),
    "http.auth.oauth2.secret: 'TEMPORAL_API_KEY' is a setting of millrace or Temporal itself; give the secret a name of its own.",
  ],
  [
    oauth2Of({ send: 'header' }),
    "http.auth.oauth2.send: 'header' is not a way to send them; give 'body' or 'basic'.",
  ],
  [
    oauth2Of({ params: 'audience' }),
    "http.auth.oauth2.params: 'audience' is not an object of texts; give { audience: 'https://api.example' }.",
  ],
  [oauth2Of({ scopes: 'a' }), "http.auth.oauth2.scopes: is not an option; did you mean 'scope'?"],
  [oauth2Of({}), ''],
  [loginOf({ json: secret('X') }), /^http\.auth\.login\.json: is not an object; write auth: \{ login:/],
  [
    loginOf({ json: { user: secret('U'), password: 'hunter2' } }),
    "http.auth.login.json.password: looks like a secret, which would stand in the catalogue; write secret('SHOP_PASSWORD').",
  ],
  [
    loginOf({ json: { user: secret('U'), roles: [] } }),
    "http.auth.login.json.roles: a list of 0 cannot be sent; give a text, a number, true, false or secret('SHOP_USER').",
  ],
  [
    loginOf({ header: 'X Session' }),
    "http.auth.login.header: 'X Session' is not a header; give a name such as 'X-Session'.",
  ],
  [
    loginOf({ token: 'data token' }),
    "http.auth.login.token: 'data token' is not a path of keys with dots between them; give the path of the token, such as 'data.token'.",
  ],
  [
    loginOf({ prefix: 3 }),
    "http.auth.login.prefix: 3 is not a text; give what stands before the token, such as 'Token '.",
  ],
  [loginOf({}), ''],
  [httpOf({ format: 'xml' }), "http.format: 'xml' is not a format; give 'json', 'ndjson', 'csv'."],
  [httpOf({ format: 'csw' }), "http.format: 'csw' is not a format; did you mean 'csv'?"],
  [httpOf({ format: {} }), 'http.format.csv: is missing; give { delimiter: … }.'],
  [httpOf({ format: { json: {} } }), 'http.format.json: is not an option; the options here are csv.'],
  [csvOf({ delimeter: ';' }), "http.format.csv.delimeter: is not an option; did you mean 'delimiter'?"],
  [csvOf({ delimiter: '' }), "http.format.csv.delimiter: '' is not a text; give a character such as ';'."],
  [
    csvOf({ encoding: 'klingon' }),
    "http.format.csv.encoding: 'klingon' is not an encoding; give one of the web's names, such as 'latin1', 'windows-1252' or 'utf-16le'.",
  ],
  [
    csvOf({ quote: '""' }),
    `http.format.csv.quote: '""' is not a quote; give one character, such as '"', or false for none.`,
  ],
  [
    csvOf({ headings: [] }),
    "http.format.csv.headings: a list of 0 is not a list of headings; give ['day', 'rate'].",
  ],
  [
    csvOf({ skipLines: -1 }),
    'http.format.csv.skipLines: -1 is not a whole number from 0 to 1000; give a number such as 1.',
  ],
  [
    csvOf({ gzip: 'yes' }),
    "http.format.csv.gzip: 'yes' is not a switch; give true where the file is compressed.",
  ],
  [
    httpOf({ format: 'csv', records: 'rows', pages: undefined }),
    "http.records: looks into the body, which 'csv' makes a list; leave it out.",
  ],
  [
    httpOf({ nulls: 'NA' }),
    "http.nulls: 'NA' is not a list of texts; give what the API writes for a missing value, such as ['NA', '-'].",
  ],
  [httpOf({ nulls: [3] }), "http.nulls.0: 3 is not a text; give a text such as 'NA'."],
  [
    httpOf({ limited: { status: 200 } }),
    'http.limited.status: 200 is not a whole number from 400 to 599; give the status that means it, such as 403.',
  ],
  [
    httpOf({ limited: { header: 'x' } }),
    'http.limited.status: is missing; give the status that means it, such as 403.',
  ],
  [
    httpOf({ limited: { status: 403, header: 'Retry At' } }),
    "http.limited.header: 'Retry At' is not a header; give the name of one, such as 'X-Retry-At'.",
  ],
  [httpOf({ limited: { status: 403, header: 'X-Retry-At', says: 'LIMIT' } }), ''],
  [httpOf({ noRows: 404 }), 'http.noRows: 404 is not an object; give { status: … }.'],
  [
    httpOf({ noRows: { status: 600 } }),
    'http.noRows.status: 600 is not a whole number from 200 to 499; give the status that means it, such as 404.',
  ],
  [
    httpOf({ json: { from: '{start.dat}', graphql: '{ start { end } }' } }),
    /^http\.json\.from: '\{start\.dat\}' is unknown; use one of \{start\}, /,
  ],
  [httpOf({ json: { query: 'query { starts(first: 5) { last } }' } }), ''],
  [
    pageOf({ as: 'page' }),
    "http.pages.as: 'page' is not a text with {n} in it; give where the number stands, such as '(page:{n},page_size:100)'.",
  ],
  [httpOf({ json: [1] }), "http.json: a list of 1 is not an object; give { filter: { since: '{start}' } }."],
  [
    httpOf({ json: { filter: { apiKey: 'abc' } } }),
    "http.json.filter.apiKey: looks like a secret, which would stand in the catalogue; write auth: { bearer: secret('WEATHER_TOKEN') } or { basic: { user: secret('WEATHER_USER'), password: secret('WEATHER_PASSWORD') } } or { header: { 'X-Api-Key': secret('WEATHER_TOKEN') } } or { query: { key: secret('WEATHER_TOKEN') } }.",
  ],
  [
    httpOf({
      json: { page: { after: 'x' } },
      pages: { kind: 'cursor', param: 'page.after', from: 'next' },
      records: 'items',
    }),
    'http.json.page.after: is what http.pages sets; leave it out.',
  ],
  [
    httpOf({ json: { list: [{ at: new Date(0) }] } }),
    /^http\.json\.list\.0\.at: .* cannot stand in JSON; give a text, a number, true, false, null, a list or an object\.$/,
  ],
  [
    httpOf({ json: CYCLIC }),
    /^http\.json(\.own){51}: is more than 50 objects deep; give the body that the API wants\.$/,
  ],
  [
    httpOf({
      json: { v: 'text' },
      pages: { kind: 'cursor', param: 'v.after', from: 'next' },
      records: 'items',
    }),
    "http.pages: sets 'v.after' in json, where what stands around it is no object; mend one of them.",
  ],
  [
    httpOf({ auth: { query: { page: secret('WEATHER_TOKEN') } }, pages: { kind: 'page', param: 'page' } }),
    "http.auth: and pages both set the parameter 'page'; mend one of them.",
  ],
  [
    httpOf({ pages: { kind: 'page', param: 'page', size: 5, sizeParam: 'page' } }),
    "http.pages.sizeParam: is 'page', as param; give the parameter that sets the size of a page.",
  ],
  [
    httpOf({ pages: { kind: 'offset', param: 'skip', size: 5 } }),
    "http.pages.sizeParam: needs both: size: 100, and sizeParam: 'limit' as the API calls it.",
  ],
  [
    httpOf({ json: {}, pages: { kind: 'link' } }),
    'http.pages: follows a link, which asks by GET; use a kind that names a parameter.',
  ],
  [
    httpOf({ format: 'ndjson', records: 'items' }),
    "http.records: looks into the body, which 'ndjson' makes a list; leave it out.",
  ],
  [
    httpOf({ format: 'ndjson', pages: { kind: 'cursor', param: 'after', from: 'next' } }),
    "http.pages: looks into the body, which 'ndjson' makes a list; use a kind that does not.",
  ],
  [
    httpOf({ records: 'items', pages: { kind: 'curser', param: 'after', from: 'next' } }),
    "http.pages.kind: 'curser' is unknown; use 'cursor', 'lastRow', 'link', 'merge', 'next', 'offset' or 'page'.",
  ],
  [
    httpOf({ records: 'items', pages: { kind: 'cursor', param: 'after', from: 'items.1.cursor' } }),
    "http.pages.from: 'items.1.cursor' stands in the list of records itself; name a key beside the list, or use { kind: 'lastRow', column: 'id', … }.",
  ],
  [
    httpOf({ records: 'items', pages: { kind: 'cursor', from: 'next' } }),
    "http.pages.param: is missing; give the parameter that asks for the next page, such as 'after'.",
  ],
  [
    httpOf({ pages: { kind: 'cursor', param: 'after', from: 'next' } }),
    "http.records: is missing; where the body says what the next page is, it is an object: name the list, such as 'items'.",
  ],
  [httpOf({ budget: {} }), "http.budget: is empty; give { requests: 5000, per: '1 hour' } or { atOnce: 4 }."],
  [httpOf({ budget: 50 }), 'http.budget: 50 is not an object; give { requests: … }.'],
  [
    httpOf({ budget: { requests: 50 } }),
    "http.budget: needs both, requests: 5000 and per: '1 hour', or neither.",
  ],
  [
    httpOf({ budget: { per: '1 hour', atOnce: 2 } }),
    "http.budget: needs both, requests: 5000 and per: '1 hour', or neither.",
  ],
  [
    httpOf({ budget: { requests: 0.5, per: '1 second' } }),
    'http.budget.requests: 0.5 is not a whole number from 1 to 100000; give how many requests there may be, such as 5000.',
  ],
  [
    httpOf({ budget: { requests: 50, per: 'second' } }),
    "http.budget.per: 'second' is not a duration; give '90 seconds', '1 hour' or '2 days'.",
  ],
  [
    httpOf({ budget: { requests: 50, per: '2 days' } }),
    "http.budget.per: is longer than a day; give the vendor's limit for a day, or a shorter time.",
  ],
  [
    httpOf({ budget: { atOnce: 0 } }),
    'http.budget.atOnce: 0 is not a whole number from 1 to 64; give how many requests there may be at the same time, such as 4.',
  ],
  [
    httpOf({ notPages: 'total' }),
    "http.notPages: 'total' is not a list of keys; give the keys of the body, such as ['total'].",
  ],
];

test.each(byMessage(INVALID))('$named', expectProblem);

test('a secret that was written out is never shown', () => {
  const given = [
    httpOf({ auth: 'abc-token' }),
    httpOf({ auth: { bearer: 'abc-token' } }),
    httpOf({ auth: { bearer: secret('abc-token') } }),
  ];
  expect(JSON.stringify(given.map(({ problems }) => problems))).not.toContain('abc-token');
});
