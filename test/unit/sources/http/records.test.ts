import { describe, expect, it } from 'vitest';
import { bodyOf } from '../../../../src/clients/body.ts';
import type { HttpAnswer } from '../../../../src/clients/http.ts';
import { isMillraceError, type MillraceError } from '../../../../src/errors.ts';
import type { Ask } from '../../../../src/load/source.ts';
import type { HttpFacts } from '../../../../src/sources/http/facts.ts';
import { recordsIn } from '../../../../src/sources/http/records.ts';

function answerOf(body: string, contentType: string, headers?: Record<string, string>): HttpAnswer {
  return {
    ...{ status: 200, body: bodyOf(Buffer.from(body)), contentType, excerpt: async () => ': <start>' },
    headers: headers ?? { 'content-length': String(Buffer.byteLength(body)) },
    ...{ place: "pull 'p'", address: 'https://vendor.example/v1' },
  };
}

const ask = {
  definition: { name: 'p', fields: [] },
  load: { interval: { start: '2026-01-05T07:00:00Z' } },
  tries: 1,
} as unknown as Ask;

async function read(format: HttpFacts['format'], answer: HttpAnswer, records = ''): Promise<unknown[]> {
  const read: unknown[] = [];
  const facts = { records, ...(format === undefined ? {} : { format }) } as HttpFacts;
  for await (const batch of recordsIn(facts, ask, answer, true)) read.push(...batch);
  return read;
}

async function refusal(...args: Parameters<typeof read>): Promise<MillraceError> {
  const outcome: unknown = await read(...args).catch((error: unknown) => error);
  if (isMillraceError(outcome, 'HTTP_BODY_INVALID')) return outcome;
  throw new Error(`it was to be refused, not ${JSON.stringify(outcome)}`);
}

describe('an answer', () => {
  it.each([
    ['ndjson', 'application/jsonl', '{"a":"1"}'],
    ['ndjson', 'application/json', '{"a":"1"}'],
    ['ndjson', 'text/plain; charset=utf-8', '{"a":"1"}'],
    ['ndjson', 'application/x-json-lines', '{"a":"1"}'],
    ['csv', 'application/octet-stream', 'a\n1\n'],
    ['csv', 'application/vnd.ms-excel', 'a\n1\n'],
    ['json', 'application/hal+json; charset=utf-8', '[{"a":"1"}]'],
    ['json', 'text/plain', '[{"a":"1"}]'],
  ])('of %s may call itself %s', async (format, contentType, body) => {
    expect(await read(format, answerOf(body, contentType))).toEqual([{ a: '1' }]);
  });

  it.each([
    ['ndjson', 'text/html', 'JSON line by line'],
    ['ndjson', 'text/csv', 'JSON line by line'],
    ['ndjson', 'none', 'JSON line by line'],
    ['csv', 'text/html', 'CSV'],
    ['csv', 'application/json', 'CSV'],
    ['json', 'text/csv', 'JSON'],
  ])('is not %s where it calls itself %s', async (format, contentType, instead) => {
    const { message, retryable } = await refusal(format, answerOf('{"a":1}', contentType));
    expect(message).toBe(
      `pull 'p' answered with content type '${contentType}' instead of ${instead}: <start>. Check that the url is the API and not a web page, and that it is asked for this format.`,
    );
    expect(retryable).toBe(true);
  });

  it.each(['ndjson', 'csv'])(
    'of %s that ends with its connection is asked for again: lines may be missing',
    async (format) => {
      const body = 'true\n';
      const { message, retryable } = await refusal(format, answerOf(body, 'text/plain', {}));
      expect([message, retryable]).toEqual([
        expect.stringContaining('neither Content-Length nor chunks'),
        true,
      ]);
      const chunked = answerOf(body, 'text/plain', { 'transfer-encoding': 'chunked' });
      expect(await read(format, chunked)).toHaveLength(format === 'csv' ? 0 : 1);
    },
  );

  it.each<[what: string, format: HttpFacts['format'], body: string, says: string, isRetried: boolean]>([
    [
      'cut',
      'json',
      '{"items":[',
      'a body of 10 bytes that is not whole JSON (Unexpected end of JSON input).',
      true,
    ],
    ['of another format', 'csv', 'a,b\n1\n', 'a body that is not CSV (Invalid Record Length: ', true],
    [
      'without the list',
      'json',
      '{"error":"busy"}',
      `at 'items' but nothing; it is an object with 'error'.`,
      true,
    ],
    [
      'larger than what is held',
      'ndjson',
      `"${'x'.repeat(17 * 1024 * 1024)}`,
      "a body with a line 1 of more than 16 MiB. Ask for smaller pages, or for shorter intervals with 'every'.",
      false,
    ],
  ])('that is %s is refused', async (_what, format, body, says, isRetried) => {
    const { message, retryable } = await refusal(format, answerOf(body, 'text/plain'), 'items');
    expect([message, retryable]).toEqual([expect.stringContaining(says), isRetried]);
  });
});
