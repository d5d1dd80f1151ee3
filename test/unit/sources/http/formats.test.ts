import { describe, expect, test } from 'vitest';
import type { HttpAnswer } from '../../../../src/clients/http.ts';
import { isMillraceError } from '../../../../src/errors.ts';
import { formatOf } from '../../../../src/sources/http/formats/index.ts';
import { NotThisFormat } from '../../../../src/sources/http/formats/not-this-format.ts';

function answerOf(body: string | Buffer, contentType: string): HttpAnswer {
  return {
    ...{ body: Buffer.from(body), contentType, excerpt: '' },
    headers: { 'content-length': String(Buffer.byteLength(body)) },
    ...{ place: "pull 'p'", address: 'https://vendor.example/v1' },
  };
}

const ndjson = (body: string | Buffer, contentType = 'application/x-ndjson') =>
  formatOf('ndjson').parse(answerOf(body, contentType), JSON.parse);

describe('JSON line by line', () => {
  test.each<[what: string, body: string, expected: unknown[]]>([
    ['two lines', '{"a":1}\n{"a":2}\n', [{ a: 1 }, { a: 2 }]],
    ['no line break at the end, those of Windows', '{"a":1}\r\n{"a":"\\n"}', [{ a: 1 }, { a: '\n' }]],
    ['blank lines, and nothing else', '\n \n', []],
    ['an empty body', '', []],
    ['a line separator of Unicode in a text', '{"a":"\u2028é😀"}\n', [{ a: '\u2028é😀' }]],
  ])('reads %s', (_what, body, expected) => {
    expect(ndjson(body)).toEqual(expected);
  });

  test.each([
    'application/jsonl',
    'application/json',
    'text/plain; charset=utf-8',
    'application/x-json-lines',
  ])('is taken as %s', (contentType) => {
    expect(ndjson('{"a":1}', contentType)).toEqual([{ a: 1 }]);
  });

  test('that is cut within its last line is asked for again, and one that is cut elsewhere is not', () => {
    const outcome = (body: string): unknown => {
      try {
        return ndjson(body);
      } catch (error) {
        return error;
      }
    };
    const cut = outcome('{"a":1}\n{"a":');
    expect(isMillraceError(cut, 'HTTP_BODY_INVALID') && cut.retryable).toBe(true);
    const inside = outcome('{"a":\n{"a":1}\n');
    expect(inside).toBeInstanceOf(NotThisFormat);
    expect((inside as Error).message).toContain('a line 1 that is not JSON');
  });

  test('that ends with its connection is asked for again: lines may be missing', () => {
    const answer = { ...answerOf('{"a":1}\n', 'application/jsonl'), headers: {} };
    expect(() => formatOf('ndjson').parse(answer, JSON.parse)).toThrow(/neither Content-Length nor chunks/);
    const chunked = { ...answer, headers: { 'transfer-encoding': 'chunked' } };
    expect(formatOf('ndjson').parse(chunked, JSON.parse)).toEqual([{ a: 1 }]);
  });

  test.each(['Service busy', '{"a":1}\nbusy'])('that holds other words, %j, is not this format', (body) => {
    expect(() => ndjson(body)).toThrow(NotThisFormat);
  });

  test.each(['text/html', 'text/csv', 'none'])('is not what calls itself %s', (contentType) => {
    expect(() => ndjson('{"a":1}', contentType)).toThrow(NotThisFormat);
  });

  test('that is not in UTF-8 is refused', () => {
    expect(() => ndjson(Buffer.from([0x7b, 0xff, 0x7d]))).toThrow(/not in UTF-8/);
  });
});
