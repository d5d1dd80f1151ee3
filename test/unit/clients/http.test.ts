import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import type { LimitedBy } from '../../../src/clients/http-limits.ts';
import type { HttpRequest } from '../../../src/clients/http-request.ts';
import { ask as askOnce } from '../../../src/clients/http.ts';
import { redactionOf } from '../../../src/redaction/index.ts';
import { THIS_MACHINE } from '../../support/private-hosts.ts';
import { waitUntil } from '../../support/wait-until.ts';
import { isMillraceError, type MillraceError } from '../../../src/errors.ts';

const TOKEN = 'canary-3f9a';
let close: (() => Promise<void>) | undefined;

afterEach(() => close?.());

/** Asks a server of our own that answers by this function. */
async function ask(
  answer: (request: IncomingMessage, response: ServerResponse) => void,
  {
    timeoutMs = 2_000,
    secrets = ['WEATHER_TOKEN'],
    redaction = redactionOf([TOKEN]),
    query = { from: '2026-01-05T07:00:00Z', key: 'a b&c' },
    headers = {},
    json,
    limited,
  }: Partial<HttpRequest> = {},
) {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  close = async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  const { port } = server.address() as AddressInfo;
  return askOnce({
    ...(json === undefined ? {} : { json }),
    subject: "pull 'weather'",
    url: `http://127.0.0.1:${port}/v1`,
    address: `http://127.0.0.1:${port}/v1`,
    query,
    headers: { authorization: `Bearer ${TOKEN}`, ...headers },
    secrets,
    redaction,
    quoted: redaction.text,
    timeoutMs,
    limited,
    privateHosts: THIS_MACHINE,
  });
}

async function refusal(...args: Parameters<typeof ask>): Promise<MillraceError> {
  const error: unknown = await ask(...args).catch((reason: unknown) => reason);
  if (isMillraceError(error)) return error;
  throw new Error(`it was to be refused with one of our codes, not ${String(error)}`);
}

const sent = (status: number, body: string, headers: Record<string, string> = {}) =>
  ((_request, response) =>
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body)) as Parameters<
    typeof ask
  >[0];

it('sends a JSON body by POST, as UTF-8 and with its length', async () => {
  let seen = '';
  const { body } = await ask(
    (request, response) => {
      request.setEncoding('utf8').on('data', (chunk: string) => (seen += chunk));
      request.on('end', () => {
        const { 'content-type': type, 'content-length': length } = request.headers;
        sent(200, JSON.stringify([request.method, type, length]))(request, response);
      });
    },
    { json: { name: 'é😀', n: 1 } },
  );
  expect(JSON.parse(String(body.inMemory))).toEqual(['POST', 'application/json', '23']);
  expect(JSON.parse(seen)).toEqual({ name: 'é😀', n: 1 });
});

it.each<[query: Record<string, string>, sent: string]>([
  [{ constructor: '1', prototype: '2', toString: '3' }, '/v1?constructor=1&prototype=2&toString=3'],
  [
    { from: '2026-01-05T07:00:00+00:00', $top: '1,2', 'a[b]': "x y/&=é'" },
    "/v1?from=2026-01-05T07:00:00%2B00:00&$top=1,2&a%5Bb%5D=x+y%2F%26%3D%C3%A9'",
  ],
  [{}, '/v1'],
])('sends the query %j as %s', async (query, sent) => {
  let seen: string | undefined;
  await ask(
    (request, response) => {
      seen = request.url;
      response.writeHead(200, { 'content-type': 'application/json' }).end('[]');
    },
    { query },
  );
  expect(seen).toBe(sent);
});

it('sends the query encoded, the headers as they are, and returns the body', async () => {
  let seen: IncomingMessage | undefined;
  const { body } = await ask((request, response) => {
    seen = request;
    sent(200, '{"items":[1]}')(request, response);
  });
  expect(String(body.inMemory)).toBe('{"items":[1]}');
  expect(new URL(seen?.url ?? '', 'http://x').searchParams.get('key')).toBe('a b&c');
  expect(seen?.headers).toMatchObject({ authorization: `Bearer ${TOKEN}`, 'user-agent': 'millrace' });
});

it.each([
  [408, 'HTTP_STATUS', true],
  [425, 'HTTP_STATUS', true],
  [429, 'HTTP_STATUS', true],
  [500, 'HTTP_STATUS', true],
  [503, 'HTTP_STATUS', true],
  [400, 'HTTP_REFUSED', false],
  [401, 'HTTP_REFUSED', false],
  [404, 'HTTP_REFUSED', false],
  [302, 'HTTP_REFUSED', false],
])('%i is %s (retried: %s)', async (status, code, retryable) => {
  expect(await refusal(sent(status, '{}', { location: 'http://127.0.0.1:1' }))).toMatchObject({
    code,
    retryable,
  });
});

it.each([401, 403])('%i names the secret that was shown, not its value', async (status) => {
  expect((await refusal(sent(status, '{}'))).message).toMatch(
    /answered \d+: \{\}\. Check the value of WEATHER_TOKEN/,
  );
});

it.each([
  ['several secrets', ['USER', 'WORD'], /Check the values of USER and WORD in \.env .* their rights/],
  ['none', [], /If it wants a login, give `auth` in the definition/],
])('401 to a request with %s says what to look at', async (_what, secrets, says) => {
  expect((await refusal(sent(401, '{}'), { secrets })).message).toMatch(says);
});

const NOW = Date.parse('2026-01-05T07:00:00Z');
const date = new Date(NOW).toUTCString();

/** What a vendor says of its limit, by a clock of its own, and for how long it is left alone. */
it.each<[status: number, headers: Record<string, string>, pauseMs: number | undefined]>([
  [429, { 'retry-after': '7' }, 7_000],
  [429, { 'retry-after': '99999' }, 99_999_000],
  [503, { 'retry-after': 'Mon, 05 Jan 2026 07:02:00 GMT' }, 120_000],
  [403, { 'retry-after': '60' }, 60_000],
  [403, { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(NOW / 1_000 + 90) }, 90_000],
  [403, { 'x-ratelimit-reset': '90' }, 90_000],
  [429, { 'x-rate-limit-reset': String(NOW + 90_000) }, 90_000],
  [429, { 'ratelimit-remaining': '0', 'ratelimit-reset': '50' }, 50_000],
  [429, { 'x-ratelimit-reset-after': '1.5' }, 1_500],
  [429, { 'x-ratelimit-reset': '2026-01-05T07:01:00Z' }, 60_000],
  [429, { 'retry-after': '7', 'x-ratelimit-reset': '90' }, 7_000],
  // Nothing said, or nothing to wait for: Temporal's own pauses, which grow.
  [429, {}, undefined],
  [503, {}, undefined],
  [429, { 'retry-after': 'soon' }, undefined],
  [429, { 'retry-after': '0' }, undefined],
  [429, { 'retry-after': 'Mon, 05 Jan 2026 06:59:00 GMT' }, undefined],
  [500, { 'x-ratelimit-remaining': '57', 'x-ratelimit-reset': '3000' }, undefined],
])('%i with %j is tried again, after %j ms', async (status, headers, pauseMs) => {
  const error = await refusal(sent(status, '{}', { date, ...headers }));
  expect(error).toMatchObject({ code: 'HTTP_STATUS', retryable: true });
  expect(error.retryAfterMs).toBe(pauseMs);
});

/** How one vendor says it, which the definition has told. */
it.each<
  [
    limited: LimitedBy,
    status: number,
    body: string,
    headers: Record<string, string>,
    code: string,
    pauseMs?: number,
  ]
>([
  [{ status: 400, says: 'RATE_LIMITED' }, 400, '{"code":"RATE_LIMITED"}', {}, 'HTTP_STATUS'],
  [{ status: 400, says: 'RATE_LIMITED' }, 400, '{"code":"BAD_QUERY"}', {}, 'HTTP_REFUSED'],
  [
    { status: 403, header: 'x-retry-at' },
    403,
    '{}',
    { 'x-retry-at': String(NOW / 1_000 + 30) },
    'HTTP_STATUS',
    30_000,
  ],
  [{ status: 403, header: 'x-retry-at' }, 403, '{}', {}, 'HTTP_REFUSED'],
  [{ status: 420 }, 420, '{}', { 'retry-after': '9' }, 'HTTP_STATUS', 9_000],
  [{ status: 420 }, 429, '{}', { 'retry-after': '9' }, 'HTTP_STATUS', 9_000],
  [{ status: 420 }, 422, '{}', {}, 'HTTP_REFUSED'],
])('told %j, %i with %s and %j is %s', async (limited, status, body, headers, code, pauseMs) => {
  const error = await refusal(sent(status, body, { date, ...headers }), { limited });
  expect([error.code, error.retryAfterMs]).toEqual([code, pauseMs]);
});

it('how long a vendor is left alone is said', async () => {
  const { message } = await refusal(sent(429, '{}', { 'retry-after': '90' }));
  expect(message).toMatch(
    /answered 429: \{\}\. It asks for a pause of 90 seconds, until \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ\. /,
  );
});

it.each([
  ['https://new.example/v1/rates?token=abc', ': https://new.example/v1/rates.'],
  ['/v2/rates', /: http:\/\/127\.0\.0\.1:\d+\/v2\/rates\.$/],
])('a redirect to %s is refused with the address, without its query', async (location, says) => {
  const { code, message } = await refusal(sent(301, '', { location }));
  expect(code).toBe('HTTP_REFUSED');
  if (typeof says === 'string') expect(message.endsWith(`into the definition${says}`), message).toBe(true);
  else expect(message).toMatch(says);
});

it('a 403 with calls left is no limit but a refusal', async () => {
  const headers = { 'x-ratelimit-remaining': '57', 'x-ratelimit-reset': String(NOW / 1_000 + 90) };
  expect(await refusal(sent(403, '{}', headers))).toMatchObject({ code: 'HTTP_REFUSED', retryable: false });
});

it('a body that ends before its length is never taken', async () => {
  const error = await refusal((_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': '100' });
    response.write('[1]');
    setTimeout(() => response.destroy(), 20);
  });
  expect(error).toMatchObject({ code: 'HTTP_BODY_INVALID', retryable: true });
});

it('silence ends at the timeout', async () => {
  expect(await refusal(() => undefined, { timeoutMs: 100 })).toMatchObject({
    code: 'HTTP_UNREACHABLE',
    retryable: true,
  });
});

it('a whole answer has the timeout, not each of its bytes: one that drips is hung up on', async () => {
  let isClosed = false;
  const startedMs = Date.now();
  const error = await refusal(
    (_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      const drip = setInterval(() => response.write(' '), 20);
      response.on('close', () => {
        isClosed = true;
        clearInterval(drip);
      });
    },
    { timeoutMs: 300 },
  );
  expect(error).toMatchObject({ code: 'HTTP_UNREACHABLE', retryable: true });
  expect(error.message).toMatch(/did not answer in full within 300 ms.*'timeout'/);
  expect(Date.now() - startedMs).toBeLessThan(2_000);
  await waitUntil(() => isClosed, { timeoutMs: 1_000, everyMs: 5 });
});

it.each([
  ['an error', sent(500, `{"error":"token ${TOKEN} has expired"}`)],
  ['a refusal', sent(401, `{"error":"Bearer ${TOKEN} is not known"}`)],
])('an API that repeats the secret in %s is not quoted on it', async (_what, answer) => {
  const error = await refusal(answer);
  expect(JSON.stringify([error.message, error.context, error.stack])).not.toContain(TOKEN.slice(0, 8));
});

it('a web page that repeats the secret is not quoted on it', async () => {
  const page = sent(200, `<p>${'x'.repeat(190)}${TOKEN}`, { 'content-type': 'text/html' });
  expect(await (await ask(page)).excerpt()).not.toContain(TOKEN.slice(0, 8));
});

it('a secret is not quoted either where it is shown in a header of another name', async () => {
  const headers = { 'x-api-key': 'key-canary' };
  const redaction = redactionOf(['key-canary']);
  const answer = sent(500, '{"error":"key-canary has expired"}');
  expect((await refusal(answer, { headers, redaction })).message).toContain('*** has expired');
});

it('never shows what may be a key: the query, the user and the password of an address', async () => {
  const url = 'http://user:pass-canary@127.0.0.1:9/v1/glpat-canary-1234567890-ab?key=query-canary';
  const redaction = redactionOf([]);
  const request = {
    subject: "pull 'weather'",
    url,
    address: 'http://127.0.0.1:9/v1/glpat-canary-1234567890-ab',
    query: {},
    headers: {},
    secrets: [],
    redaction,
    quoted: redaction.text,
    timeoutMs: 2_000,
    privateHosts: THIS_MACHINE,
  };
  const error: unknown = await askOnce(request).catch((reason: unknown) => reason);
  expect(isMillraceError(error, 'HTTP_UNREACHABLE')).toBe(true);
  const { message, context } = error as MillraceError;
  expect(message).toContain('http://127.0.0.1:9/v1/*** did not answer');
  expect(message + JSON.stringify(context)).not.toContain('canary');
});
