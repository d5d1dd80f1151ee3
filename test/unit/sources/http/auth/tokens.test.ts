import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { isMillraceError, type MillraceError } from '../../../../../src/errors.ts';
import type { Ask } from '../../../../../src/load/source.ts';
import { redactionOf } from '../../../../../src/redaction/index.ts';
import type { HttpFacts } from '../../../../../src/sources/http/facts.ts';
import { rows } from '../../../../../src/sources/http/rows.ts';
import { settingsOf } from '../../../../support/private-hosts.ts';

/** What the vendor was asked, in order: `login …` and `page 2 as …`. */
let asked: string[] = [];
/** What it answers a login with. */
let loginAnswer: (number: number) => { status?: number; body: unknown };
/** Which tokens it takes. */
let takes: (token: string) => boolean;
let server: Server;
let origin: string;
let tokens = 0;

beforeAll(async () => {
  server = createServer((request, response) => {
    let sent = '';
    request.on('data', (chunk: Buffer) => (sent += chunk.toString()));
    request.on('end', () => {
      const url = new URL(request.url ?? '/', origin);
      const { authorization = '', 'x-session': session = '' } = request.headers;
      const send = (status: number, body: unknown) =>
        response
          .writeHead(status, { 'content-type': 'application/json' })
          .end(typeof body === 'string' ? body : JSON.stringify(body));
      if (url.pathname === '/login') {
        asked.push(`login ${request.headers['content-type']} ${authorization} ${sent}`);
        const { status = 200, body } = loginAnswer(++tokens);
        return send(status, body);
      }
      const token = String(session) || authorization.replace(/^Bearer /, '');
      const page = Number(url.searchParams.get('page') ?? 1);
      asked.push(`page ${page} as ${token}`);
      if (!takes(token)) return send(401, { error: `the token ${token} is not valid` });
      return send(200, { items: [{ id: page }], next: page < 3 ? String(page + 1) : null });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(() => server.close());

let secretOfTest = 0;
beforeEach(() => {
  asked = [];
  tokens = 0;
  // A token is kept by what it was asked with: each test has a login of its own.
  secretOfTest++;
  loginAnswer = (number) => ({ body: { access_token: `token-number-${number}`, expires_in: 3_600 } });
  takes = () => true;
});

const OAUTH2 = { oauth2: { url: '{API_URL}/login', id: 'API_ID', secret: 'API_SECRET' } };

/** @param more settings of the worker */
async function load(auth: HttpFacts['auth'], more: Record<string, string> = {}): Promise<unknown[]> {
  const facts: HttpFacts = {
    ...{ url: '{API_URL}/v1', query: {}, headers: {}, records: 'items', timeoutMs: 5_000 },
    pages: { kind: 'cursor', param: 'page', from: 'next' } as { kind: string },
    ...(auth === undefined ? {} : { auth }),
  };
  const settings = { API_URL: origin, API_ID: 'millrace & co', API_SECRET: `s:e/c+r=e t ${secretOfTest}` };
  const ask = {
    deps: { secret: settingsOf({ ...settings, ...more }), redaction },
    definition: { kind: 'pull', name: 'things', fields: [], calendar: { kind: 'hour' } },
    load: { table: 'things', interval: { start: '2026-01-05T07:00:00Z', end: '2026-01-05T08:00:00Z' } },
    ...{ tries: 1, rows: 0, from: undefined, signal: new AbortController().signal },
  } as unknown as Ask;
  const records: unknown[] = [];
  for await (const batch of rows.fetch(facts, ask)) records.push(...batch.records);
  return records;
}

const redaction = redactionOf([]);

async function refusal(...args: Parameters<typeof load>): Promise<MillraceError> {
  const outcome: unknown = await load(...args).catch((error: unknown) => error);
  if (isMillraceError(outcome)) return outcome;
  throw new Error(`it was to be refused, and gave ${JSON.stringify(outcome)}`);
}

const THREE = [{ id: 1 }, { id: 2 }, { id: 3 }];
const pagesAs = (token: string) => [1, 2, 3].map((page) => `page ${page} as ${token}`);

describe('a program with an id and a secret', () => {
  test('asks for a token once, and shows it to each page and to the next load', async () => {
    expect(await load(OAUTH2)).toEqual(THREE);
    expect(await load(OAUTH2)).toEqual(THREE);
    const form = new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: 'millrace & co',
      client_secret: `s:e/c+r=e t ${secretOfTest}`,
    });
    const login = `login application/x-www-form-urlencoded  ${form.toString()}`;
    expect(asked).toEqual([login, ...pagesAs('token-number-1'), ...pagesAs('token-number-1')]);
  });

  test('sends them as user and password where it is told to, and what else the API wants', async () => {
    const more = { send: 'basic', scope: 'read:orders', params: { audience: 'https://api' } };
    await load({ oauth2: { ...OAUTH2.oauth2, ...more } });
    const [, login = ''] = /Basic (\S+)/.exec(asked[0] ?? '') ?? [];
    expect(Buffer.from(login, 'base64').toString()).toBe(
      `millrace%20%26%20co:s%3Ae%2Fc%2Br%3De%20t%20${secretOfTest}`,
    );
    expect(asked[0]).toMatch(
      / grant_type=client_credentials&scope=read%3Aorders&audience=https%3A%2F%2Fapi$/,
    );
  });

  test('shares one token among loads that begin at once', async () => {
    await Promise.all([load(OAUTH2), load(OAUTH2), load(OAUTH2)]);
    expect(asked.filter((one) => one.startsWith('login'))).toHaveLength(1);
  });

  test('asks for another where the API takes the one no more, in the middle of a walk, too', async () => {
    let shown = 0;
    takes = (token) => token !== 'token-number-1' || ++shown < 2;
    expect(await load(OAUTH2)).toEqual(THREE);
    expect(asked.slice(1)).toEqual([
      ...['page 1 as token-number-1', 'page 2 as token-number-1'],
      expect.stringMatching(/^login /),
      ...['page 2 as token-number-2', 'page 3 as token-number-2'],
    ]);
  });

  test('asks for another once it is nearly over', async () => {
    loginAnswer = (number) => ({ body: { access_token: `short-lived-${number}`, expires_in: 20 } });
    await load(OAUTH2);
    expect(asked.filter((one) => one.startsWith('login'))).toHaveLength(3);
  });

  test('is refused where a new token is not taken either, and the message shows no token', async () => {
    takes = () => false;
    const { code, retryable, message } = await refusal(OAUTH2);
    expect([code, retryable]).toEqual(['HTTP_REFUSED', false]);
    expect(message).toContain('answered 401: {"error":"the token *** is not valid"}');
    expect(message).toContain('Check the values of API_ID and API_SECRET');
    expect(asked).toHaveLength(4);
  });

  test('is refused where the login is, and asks again at the next load', async () => {
    loginAnswer = () => ({ status: 400, body: { error: 'invalid_client' } });
    const { code, message } = await refusal(OAUTH2);
    expect(code).toBe('HTTP_REFUSED');
    expect(message).toMatch(/^pull 'things' 2026-01-05T07:00:00Z, login: \{API_URL\}|login: http:/);
    expect(message).toContain('/login answered 400: {"error":"invalid_client"}');
    loginAnswer = () => ({ body: { access_token: 'good-after-all' } });
    expect(await load(OAUTH2)).toEqual(THREE);
  });

  test.each<[what: string, body: unknown, seen: string]>([
    ['no token', { token: 'x' }, "an object with 'token'"],
    ['a token that is none', { access_token: 7 }, "an object with 'access_token'"],
    ['an empty one', { access_token: '' }, "an object with 'access_token'"],
    ['no JSON', 'token=abc', 'no JSON'],
  ])('is refused where the login answers with %s', async (_what, body, seen) => {
    loginAnswer = () => ({ body });
    const { code, message } = await refusal(OAUTH2);
    expect(code).toBe('HTTP_LOGIN_INVALID');
    expect(message).toContain(`answered without a token at 'access_token'; the answer is ${seen}`);
  });
});

describe('a login by POST', () => {
  const LOGIN = {
    url: '{API_URL}/login',
    json: {
      username: { secret: 'API_ID' },
      password: { secret: 'API_SECRET' },
      provider: 'db',
      refresh: false,
    },
  };

  test('sends JSON with secrets in it, and shows what it was given', async () => {
    loginAnswer = () => ({ body: { data: { key: 'session-of-mine' } } });
    const own = { token: 'data.key', header: 'X-Session', prefix: '' };
    expect(await load({ login: { ...LOGIN, ...own } })).toEqual(THREE);
    const [, sent = ''] = /^login application\/json {2}(.*)$/.exec(asked[0] ?? '') ?? [];
    expect(JSON.parse(sent)).toEqual({
      ...{ username: 'millrace & co', password: `s:e/c+r=e t ${secretOfTest}` },
      ...{ provider: 'db', refresh: false },
    });
    expect(asked.slice(1)).toEqual(pagesAs('session-of-mine'));
  });

  test('is repeated where the session is over', async () => {
    let shown = 0;
    takes = (token) => token !== 'token-number-1' || ++shown < 3;
    expect(await load({ login: LOGIN })).toEqual(THREE);
    expect(asked.filter((one) => one.startsWith('login'))).toHaveLength(2);
  });
});

describe('an API that is not public', () => {
  const NONE = { MILLRACE_PRIVATE_HOSTS: '' };
  const login = (url: string) => ({ url, json: { password: { secret: 'API_SECRET' } } });

  test.each<[string, HttpFacts['auth']]>([
    ['none', undefined],
    ['a bearer token', { bearer: { secret: 'API_SECRET' } }],
    ['basic', { basic: { user: 'API_ID', password: 'API_SECRET' } }],
    ['a header', { header: { secrets: { 'X-Key': 'API_SECRET' } } }],
    ['a parameter', { query: { secrets: { key: 'API_SECRET' } } }],
    ['an id and a secret', OAUTH2],
    ['an id and a secret as user and password', { oauth2: { ...OAUTH2.oauth2, send: 'basic' } }],
    ['a login by POST', { login: login('{API_URL}/login') }],
  ])('is sent nothing, whatever it is shown: %s', async (_what, auth) => {
    const error = await refusal(auth, NONE);
    expect(error).toMatchObject({ code: 'HTTP_HOST_PRIVATE', retryable: false });
    expect(error.message).toMatch(/put MILLRACE_PRIVATE_HOSTS=127\.0\.0\.1 into \.env/);
    expect(asked).toEqual([]);
  });

  test('is sent no login where its pages alone are allowed', async () => {
    const elsewhere = { LOGIN_URL: origin.replace('127.0.0.1', 'localhost') };
    const error = await refusal({ login: login('{LOGIN_URL}/login') }, elsewhere);
    expect(error.code).toBe('HTTP_HOST_PRIVATE');
    expect(error.message).toMatch(
      /, login: .*localhost is at .*put MILLRACE_PRIVATE_HOSTS=127\.0\.0\.1,localhost,/,
    );
    expect(asked).toEqual([]);
  });

  test('is asked as soon as the worker allows it, and no more as soon as it does not', async () => {
    expect((await refusal(OAUTH2, NONE)).code).toBe('HTTP_HOST_PRIVATE');
    expect(await load(OAUTH2, { MILLRACE_PRIVATE_HOSTS: 'erp.internal 127.0.0.0/8' })).toEqual(THREE);
    const before = asked.length;
    // The token is kept; the pages are refused.
    expect((await refusal(OAUTH2, NONE)).code).toBe('HTTP_HOST_PRIVATE');
    expect(asked).toHaveLength(before);
  });
});
