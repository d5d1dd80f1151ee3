import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { get, type HttpRequest } from '../../../src/clients/http.ts';
import { isMillraceError, type MillraceError } from '../../../src/errors.ts';
import { json } from '../../../src/sources/http/formats/json.ts';

const TOKEN = 'canary-3f9a';
const ONE = new Map([['WEATHER_TOKEN', TOKEN]]);
let close: (() => Promise<void>) | undefined;

afterEach(() => close?.());

/** Asks a server of our own that answers by this function. */
async function ask(
  answer: (request: IncomingMessage, response: ServerResponse) => void,
  { timeoutMs = 2_000, secrets = ONE, headers = {} }: Partial<HttpRequest> = {},
) {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  close = async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  const { port } = server.address() as AddressInfo;
  const received = await get({
    subject: "pull 'weather'",
    url: `http://127.0.0.1:${port}/v1`,
    query: { from: '2026-01-05T07:00:00Z', key: 'a b&c' },
    headers: { authorization: `Bearer ${TOKEN}`, ...headers },
    secrets,
    timeoutMs,
  });
  return json.parse(received);
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

it('sends the query encoded, the headers as they are, and returns the document', async () => {
  let seen: IncomingMessage | undefined;
  const document = await ask((request, response) => {
    seen = request;
    sent(200, '{"items":[1]}')(request, response);
  });
  expect(document).toEqual({ items: [1] });
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
  [
    'several secrets',
    new Map([
      ['USER', 'me'],
      ['WORD', 'x'],
    ]),
    /Check the values of USER and WORD in \.env .* their rights/,
  ],
  ['none', new Map<string, string>(), /If it wants a login, give `auth` in the definition/],
])('401 to a request with %s says what to look at', async (_what, secrets, says) => {
  expect((await refusal(sent(401, '{}'), { secrets })).message).toMatch(says);
});

it.each([
  ['7', 7_000],
  ['99999', 3_600_000],
  ['soon', undefined],
  [undefined, undefined],
])('Retry-After %j asks for %j ms', async (header, ms) => {
  const error = await refusal(sent(429, '{}', header === undefined ? {} : { 'retry-after': header }));
  expect(error.retryAfterMs).toBe(ms);
});

it.each([
  ['half a document', sent(200, '{"items":[')],
  ['nothing', sent(200, '')],
  ['HTML', sent(200, '<html>', { 'content-type': 'text/html' })],
  [
    'bytes that are no UTF-8',
    (_request, response) =>
      response
        .writeHead(200, { 'content-type': 'application/json' })
        .end(Buffer.from([0x22, 0xc3, 0x28, 0x22])),
  ],
  [
    'less than its length promised',
    (_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '100' });
      response.write('[1]');
      setTimeout(() => response.destroy(), 20);
    },
  ],
])('a body that is %s is never taken', async (_what, answer) => {
  expect(await refusal(answer)).toMatchObject({ code: 'HTTP_BODY_INVALID', retryable: true });
});

it('silence ends at the timeout', async () => {
  expect(await refusal(() => undefined, { timeoutMs: 100 })).toMatchObject({
    code: 'HTTP_UNREACHABLE',
    retryable: true,
  });
});

it.each([
  ['an error', sent(500, `{"error":"token ${TOKEN} has expired"}`)],
  ['a refusal', sent(401, `{"error":"Bearer ${TOKEN} is not known"}`)],
  ['a web page', sent(200, `<p>${'x'.repeat(190)}${TOKEN}`, { 'content-type': 'text/html' })],
])('an API that repeats the secret in %s is not quoted on it', async (_what, answer) => {
  const error = await refusal(answer);
  expect(JSON.stringify([error.message, error.context, error.stack])).not.toContain(TOKEN.slice(0, 8));
});

it('a secret is not quoted either where it is shown in a header of another name', async () => {
  const headers = { 'x-api-key': 'key-canary' };
  const secrets = new Map([['API_KEY', 'key-canary']]);
  const answer = sent(500, '{"error":"key-canary has expired"}');
  expect((await refusal(answer, { headers, secrets })).message).toContain('*** has expired');
});

it('never shows what may be a key: the query, the user and the password of an address', async () => {
  const url = 'http://user:pass-canary@127.0.0.1:9/v1?key=query-canary';
  const request = {
    subject: "pull 'weather'",
    url,
    query: {},
    headers: {},
    secrets: new Map(),
    timeoutMs: 2_000,
  };
  const error: unknown = await get(request).catch((reason: unknown) => reason);
  expect(isMillraceError(error, 'HTTP_UNREACHABLE')).toBe(true);
  const { message, context } = error as MillraceError;
  expect(message).toContain('http://127.0.0.1:9/v1 did not answer');
  expect(message + JSON.stringify(context)).not.toContain('canary');
});
