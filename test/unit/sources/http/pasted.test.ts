import { describe, expect, it } from 'vitest';
import { every, pull, secret, z } from '../../../../src/index.ts';

const TABLE = {
  every: every.hour(),
  time: 'hour' as const,
  key: ['hour' as const],
  row: z.object({ hour: z.iso.datetime() }),
};
const URL = 'https://weather.example/v1';

/** Options that the compiler would refuse too, as a file that nobody type-checked holds them. */
const problemsOf = (http: unknown) =>
  pull('p', { ...TABLE, http } as never).problems.map(({ path, text }) => `${path}: ${text}`);

const LONG = 'aB3dE5fG7hJ9kL1mN3pQ5rS7tU9vW1xY3zA5';
/** Values with the shape of a token, put together here so that no scanner takes this file for a leak. */
const TOKENS = {
  GitHub: `ghp_${LONG}`,
  'GitHub, newer': `github_pat_${LONG}`,
  GitLab: `glpat-${LONG.slice(0, 20)}`,
  Stripe: `sk_live_${LONG.slice(0, 24)}`,
  Slack: `xoxb-1234567890-${LONG.slice(0, 24)}`,
  'Amazon access key': 'AKIAIOSFODNN7EXAMPLE',
  Google: `AIza${LONG.slice(0, 35)}`,
  Shopify: `shpat_${'0123456789abcdef'.repeat(2)}`,
  OpenAI: `sk-proj-${LONG}`,
  SendGrid: `SG.${LONG.slice(0, 22)}.${LONG}`,
  'JSON web token': `eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.${LONG}`,
  'private key': '-----BEGIN PRIVATE KEY-----',
  'a login in an address': 'postgres://me:canary-pw@db.example/x',
};

describe('what has the shape of a token is refused, and not repeated,', () => {
  it.each(Object.entries(TOKENS))('%s', (_whose, token) => {
    const said = problemsOf({
      url: `${URL}/${encodeURIComponent(token)}`,
      headers: { 'x-team': token },
      query: { q: `of ${token}` },
    });
    expect(said).toEqual(
      expect.arrayContaining([
        expect.stringMatching(
          /^http\.headers\.x-team: looks like a secret, .*auth: { header: { 'x-team': secret\('WEATHER_TOKEN'\) } }/,
        ),
        expect.stringMatching(
          /^http\.query\.q: looks like a secret, .*auth: { query: { 'q': secret\('WEATHER_TOKEN'\) } }/,
        ),
      ]),
    );
    expect(JSON.stringify(said)).not.toContain(token);
    expect(JSON.stringify(said)).not.toContain(token.slice(8, 20));
  });
});

const HEADERS = [
  ...['X-Api-Key', 'x-auth-token', 'Ocp-Apim-Subscription-Key', 'DD-API-KEY', 'X-RapidAPI-Key', 'apikey'],
  ...['Proxy-Authorization', 'Cookie', 'X-Shopify-Access-Token', 'X-Client-Secret', 'X-Auth', 'X-Password'],
];
const PARAMETERS = [
  ...[
    'key',
    'api_key',
    'apiKey',
    'api-key',
    'token',
    'access_token',
    'auth_token',
    'client_secret',
    'password',
  ],
  ...['authorization', 'subscription-key', 'sig', 'consumerKey', 'auth', 'passwd'],
];

describe('what bears the name of a secret is refused, and not repeated,', () => {
  it.each(HEADERS)('as header %s', (name) => {
    const said = problemsOf({ url: URL, headers: { [name]: 'canary-1' } });
    expect(said).toEqual([
      `http.headers.${name}: looks like a secret, which would stand in the catalogue; write auth: { header: { '${name}': secret('WEATHER_TOKEN') } }.`,
    ]);
  });

  it.each(PARAMETERS)('as parameter %s', (name) => {
    const said = problemsOf({ url: URL, query: { [name]: 'canary-1' } });
    expect(said).toEqual([
      `http.query.${name}: looks like a secret, which would stand in the catalogue; write auth: { query: { '${name}': secret('WEATHER_TOKEN') } }.`,
    ]);
  });

  it('as a bearer token, whatever the header', () => {
    expect(problemsOf({ url: URL, headers: { authorization: 'Bearer canary-1' } })).toEqual([
      "http.headers.authorization: looks like a secret, which would stand in the catalogue; write auth: { bearer: secret('WEATHER_TOKEN') }.",
    ]);
    expect(problemsOf({ url: URL, headers: { 'x-forwarded': 'Bearer canary-1' } })).toHaveLength(1);
  });

  it('as the key of OpenWeatherMap', () => {
    const said = problemsOf({ url: URL, query: { appid: '0123456789abcdef'.repeat(2) } });
    expect(said).toEqual([expect.stringContaining('http.query.appid: looks like a secret')]);
  });
});

it.each([
  ['an address with a query', { url: `${URL}?key=canary-1&x=canary-2` }],
  ['an address with a query and no scheme', { url: 'weather.example/v1?key=canary-1' }],
  ['an address with a login', { url: 'https://me:canary-1@weather.example/v1' }],
  ['an address with a login and no scheme', { url: 'me:canary-1@weather.example/v1' }],
  ['an address with a password that breaks it', { url: 'https://me:canary/1@weather.example/v1' }],
  ['an address in place of the options', `${URL}?key=canary-1`],
  ['headers as a text', { url: URL, headers: 'x-api-key: canary-1' }],
  ['a query as a text', { url: URL, query: 'key=canary-1' }],
  ['a header as a list', { url: URL, headers: { 'x-api-key': ['canary-1'] } }],
  ['a parameter as a number', { url: URL, query: { key: 271828 } }],
  ['a login that is no secret', { url: URL, auth: { header: { 'x-api-key': 'canary-1' } } }],
  ['a login of another form', { url: URL, auth: { query: 'canary-1' } }],
  ['a key under the wrong option', { url: URL, auth: { key: 'canary-1' } }],
])('%s is refused and not repeated', (_what, http) => {
  const said = problemsOf(http);
  expect(said).not.toEqual([]);
  expect(JSON.stringify(said)).not.toMatch(/canary|271828/);
});

it('what only resembles a secret is taken', () => {
  expect(
    problemsOf({
      url: `${URL}/tokens/keys/{start}`,
      headers: { accept: 'text/csv', 'x-team': 'data', 'x-request-id': '00112233445566778899aabbccddeeff' },
      query: {
        keyword: 'rain',
        sort_key: 'updated_at',
        partition_key: 'eu',
        keys: 'a,b',
        pageToken: '',
        from: '{start}',
        token: '{start}',
        id: '550e8400-e29b-41d4-a716-446655440000',
        q: 'user:me repo:you',
      },
    }),
  ).toEqual([]);
});

it('a secret in a header or in a parameter is written by its name', () => {
  const header = pull('p', {
    ...TABLE,
    http: { url: URL, auth: { header: { 'X-Api-Key': secret('KEY') } } },
  });
  expect(header.problems).toEqual([]);
  expect(header.definition).toMatchObject({
    http: { auth: { header: { secrets: { 'X-Api-Key': 'KEY' } } } },
  });
  const query = pull('p', { ...TABLE, http: { url: URL, auth: { query: { appid: secret('KEY') } } } });
  expect(query.problems).toEqual([]);
  expect(query.definition).toMatchObject({ http: { auth: { query: { secrets: { appid: 'KEY' } } } } });
});
