import { expect, test } from 'vitest';
import { statusRefusal } from '../../../../src/clients/http-refusals.ts';
import { isMillraceError } from '../../../../src/errors.ts';
import { cursor } from '../../../../src/sources/http/pages/cursor.ts';
import type { HttpFacts } from '../../../../src/sources/http/facts.ts';
import { redactionOf } from '../../../../src/redaction/index.ts';
import { requestOf } from '../../../../src/sources/http/request.ts';

const PAGES = { kind: 'cursor', param: 'cursor', from: 'meta.next' } as const;
const RATES: HttpFacts = {
  url: '{RATES_URL}/v1/{RATES_KIND}',
  query: { from: '{start}', to: '{end}', size: '100' },
  headers: { 'x-team': 'data' },
  auth: { bearer: { secret: 'RATES_TOKEN' } },
  records: 'data',
  pages: PAGES,
  timeoutMs: 5_000,
};
const SUBJECT = {
  pull: 'rates',
  interval: { start: '2026-01-05T00:00:00Z', end: '2026-01-06T00:00:00Z' },
  calendar: { kind: 'day', zone: 'UTC' } as const,
};

const redaction = redactionOf([]);
const deps = (secret: (name: string) => string | undefined) => ({ secret, redaction });

const { auth: _auth, ...OPEN } = RATES;

const request = (variables: Record<string, string>, position?: string, facts: HttpFacts = RATES) =>
  requestOf(
    facts,
    SUBJECT,
    cursor.page(PAGES, position),
    deps((name) => variables[name]),
  );

const ALL = { RATES_URL: 'https://rates.example', RATES_KIND: 'daily', RATES_TOKEN: 't' };

test('the first page is asked for with settings, secret and interval filled in', () => {
  expect(request(ALL)).toEqual({
    subject: "pull 'rates' 2026-01-05T00:00:00Z",
    url: 'https://rates.example/v1/daily',
    base: 'https://rates.example/v1/daily',
    address: 'https://rates.example/v1/{RATES_KIND}',
    query: { from: '2026-01-05T00:00:00Z', to: '2026-01-06T00:00:00Z', size: '100' },
    headers: { accept: 'application/json', 'x-team': 'data', authorization: 'Bearer t' },
    secrets: ['RATES_TOKEN'],
    redaction,
    quoted: expect.any(Function) as unknown,
    privateHosts: { entries: [], hosts: [], networks: [] },
    timeoutMs: 5_000,
  });
});

test('a request without auth shows no secret', () => {
  const { auth: _, ...open } = RATES;
  const asked = requestOf(
    open,
    SUBJECT,
    {},
    deps((name) => ({ ...ALL, RATES_TOKEN: 't' })[name]),
  );
  expect(asked.secrets).toEqual([]);
  expect(asked.headers).not.toHaveProperty('authorization');
});

test('secrets of a header and of a parameter are filled in, whatever the definition sends beside them', () => {
  const of = (auth: HttpFacts['auth'] & object) =>
    requestOf(
      { ...RATES, auth },
      SUBJECT,
      {},
      deps((name) => ALL_AND[name]),
    );
  const ALL_AND: Record<string, string> = { ...ALL, RATES_ID: 'i' };
  const header = of({ header: { secrets: { 'X-Api-Key': 'RATES_TOKEN', 'X-App': 'RATES_ID' } } });
  expect(header.headers).toMatchObject({ 'X-Api-Key': 't', 'X-App': 'i', 'x-team': 'data' });
  expect(header.secrets).toEqual(['RATES_TOKEN', 'RATES_ID']);
  const query = of({ query: { secrets: { appid: 'RATES_TOKEN' } } });
  expect(query.query).toMatchObject({ appid: 't', size: '100' });
  expect(query.headers).not.toHaveProperty('authorization');
  expect(query.secrets).toEqual(['RATES_TOKEN']);
});

test.each([
  [{ user: 'RATES_TOKEN', password: 'RATES_WORD' }, 't:pass:wörd'],
  [{ user: 'RATES_TOKEN' }, 't:'],
])('a user and a password are sent as RFC 7617 says: %j', (basic, sent) => {
  const variables: Record<string, string> = { ...ALL, RATES_WORD: 'pass:wörd' };
  const { headers, secrets } = requestOf(
    { ...RATES, auth: { basic } },
    SUBJECT,
    {},
    deps((name) => variables[name]),
  );
  expect(headers['authorization']).toBe(`Basic ${Buffer.from(sent).toString('base64')}`);
  expect(secrets).toEqual(Object.values(basic));
});

test('a JSON body is sent with the interval in its texts, and the page in its keys', () => {
  const { auth: _none, ...open } = RATES;
  const json = {
    query: 'query { rates(after: $after) { nodes {id} } }',
    variables: { from: '{start}', day: 'of {last.date}', since: '{start.unix}', list: [true, null, 1.5] },
  };
  const asked = (params: Record<string, string | number>) =>
    requestOf(
      { ...open, json },
      SUBJECT,
      { params },
      deps((name) => ({ ...ALL })[name]),
    );
  expect(asked({}).json).toEqual({
    query: 'query { rates(after: $after) { nodes {id} } }',
    variables: {
      ...{ from: '2026-01-05T00:00:00Z', day: 'of 2026-01-05', since: 1767571200 },
      list: [true, null, 1.5],
    },
  });
  const later = asked({ 'variables.after': 'c1', 'page.size': 100 });
  expect(later.json).toMatchObject({ variables: { after: 'c1', day: 'of 2026-01-05' }, page: { size: 100 } });
  expect(later.query).toEqual(asked({}).query);
});

test('a later page is asked for with its cursor', () => {
  expect(request(ALL, 'p2').query).toMatchObject({ cursor: 'p2', size: '100' });
});

test('every setting and secret that is missing is named at once', () => {
  let thrown: unknown;
  try {
    request({ RATES_KIND: 'daily', RATES_TOKEN: '' });
  } catch (error) {
    thrown = error;
  }
  expect(isMillraceError(thrown, 'SECRET_MISSING') && thrown.message).toMatch(
    /needs RATES_URL and RATES_TOKEN, .*Put RATES_URL=… and RATES_TOKEN=… into \.env/,
  );
});

test('what the API or a proxy is shown is hidden from then on', () => {
  const variables: Record<string, string> = {
    ...ALL,
    RATES_URL: 'https://me:url-pass%2Fword@rates.example',
    HTTPS_PROXY: 'http://me:proxy-word@proxy.example:3128',
  };
  request({ ...ALL, RATES_TOKEN: 'token-1234' });
  const { text } = request(variables, undefined, OPEN).redaction;
  expect(text('token-1234 url-pass%2Fword url-pass/word proxy-word rates.example')).toBe(
    '*** *** *** *** rates.example',
  );
  // What Basic authentication sends is a secret by itself: a vendor may repeat it in base64, too.
  const sent = Buffer.from('me:url-pass/word').toString('base64');
  expect(text(`${sent} ${Buffer.from(sent).toString('base64')}`)).toBe('*** ***');
});

test('a user without a password is a token, and hidden as one; else a user is no secret', () => {
  const variables: Record<string, string> = {
    ...ALL,
    RATES_URL: 'https://sk%2Dteam-1234@rates.example',
    HTTPS_PROXY: 'http://proxy-token@proxy.example:3128',
  };
  const { text } = request(variables, undefined, OPEN).redaction;
  expect(text('sk-team-1234 sk%2Dteam-1234 proxy-token rates.example')).toBe('*** *** *** rates.example');
  expect(text(`Basic ${Buffer.from('sk-team-1234:').toString('base64')}`)).toBe('Basic ***');
  const login = { ...ALL, RATES_URL: 'https://a-user:pass-word@rates.example' };
  expect(request(login, undefined, OPEN).redaction.text('a-user:pass-word')).toBe('a-user:***');
});

test('a login in the address beside the auth of the definition is refused: only one would be sent', () => {
  const login = { ...ALL, RATES_URL: 'https://a-user:pass-word@rates.example' };
  expect(() => request(login)).toThrow(
    "pull 'rates' has two logins: the value of RATES_URL or RATES_KIND holds one before the '@', and the definition gives auth. Only one can be sent: take the other out",
  );
});

test('a token in a setting of the address is in no message, also where the API repeats it', () => {
  const asked = request({
    ...ALL,
    RATES_URL: 'https://rates.example/feed/Qm7xR2vT9pLk',
    RATES_KIND: 'hourly',
  });
  expect(asked.url).toBe('https://rates.example/feed/Qm7xR2vT9pLk/v1/hourly');
  const refused = statusRefusal(asked, {
    status: 404,
    headers: {},
    body: Buffer.from('Cannot GET /feed/Qm7xR2vT9pLk/v1/hourly, token Qm7xR2vT9pLk'),
  });
  expect(refused.message).toContain(
    'Z: {RATES_URL}/v1/{RATES_KIND} at https://rates.example answered 404: Cannot GET /feed/***/v1/***, token ***.',
  );
  expect(refused.context).toEqual({
    url: '{RATES_URL}/v1/{RATES_KIND} at https://rates.example',
    status: 404,
  });
  expect(asked.redaction.text('an hourly rate'), 'elsewhere it is a word').toBe('an hourly rate');
});

test('what the worker allows goes with each request, and a list that cannot be read refuses it', () => {
  const allowed = request({ ...ALL, MILLRACE_PRIVATE_HOSTS: 'erp.internal, 10.0.0.0/8' }).privateHosts;
  expect(allowed.entries).toEqual(['erp.internal', '10.0.0.0/8']);
  let thrown: unknown;
  try {
    request({ ...ALL, MILLRACE_PRIVATE_HOSTS: 'https://erp.internal' });
  } catch (error) {
    thrown = error;
  }
  expect(isMillraceError(thrown, 'CONFIG_INVALID') && thrown.message).toMatch(
    /^MILLRACE_PRIVATE_HOSTS holds 'https:\/\/erp\.internal', which is neither/,
  );
});
