import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import type { HttpAnswer } from '../../../../src/clients/http.ts';
import { isMillraceError } from '../../../../src/errors.ts';
import type { CsvOptions } from '../../../../src/sources/http/formats/csv.ts';
import { formatOf } from '../../../../src/sources/http/formats/index.ts';
import { NotThisFormat } from '../../../../src/sources/http/formats/not-this-format.ts';

function answerOf(body: string | Buffer, contentType: string): HttpAnswer {
  return {
    ...{ status: 200, body: Buffer.from(body), contentType, excerpt: '' },
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

describe('CSV', () => {
  const csv = (body: string | Buffer, options?: CsvOptions, contentType = 'text/csv; charset=utf-8') =>
    formatOf(options === undefined ? 'csv' : { csv: options }).parse(answerOf(body, contentType), JSON.parse);

  test.each<[what: string, body: string | Buffer, options: CsvOptions | undefined, expected: unknown[]]>([
    [
      'headings and rows',
      'a,b\n1,x\n2,y\n',
      undefined,
      [
        { a: '1', b: 'x' },
        { a: '2', b: 'y' },
      ],
    ],
    ['line breaks of Windows, a byte order mark', '\ufeffa,b\r\n1,x\r\n', undefined, [{ a: '1', b: 'x' }]],
    ['quotes', 'a,"b c"\n"1,5","say ""x""\nmore"\n', undefined, [{ a: '1,5', 'b c': 'say "x"\nmore' }]],
    ['nothing, and an empty text', 'a,b\n,""\n', undefined, [{ a: null, b: '' }]],
    ['headings alone', 'a,b\n', undefined, []],
    ['blank lines', 'a,b\n\n1,2\n\n', undefined, [{ a: '1', b: '2' }]],
    ['another delimiter', 'a;b\n1,5;x\n', { delimiter: ';' }, [{ a: '1,5', b: 'x' }]],
    ['tabs', 'a\tb\n1\t"x\n', { delimiter: '\t', quote: false }, [{ a: '1', b: '"x' }]],
    ['latin1', Buffer.from('Stück\n3\n', 'latin1'), { encoding: 'latin1' }, [{ Stück: '3' }]],
    ['UTF-16', Buffer.from('\ufeffa\nü\n', 'utf16le'), { encoding: 'utf-16le' }, [{ a: 'ü' }]],
    ['no headings of its own', '1,x\n', { headings: ['a', 'b'] }, [{ a: '1', b: 'x' }]],
    ['lines before the headings', 'Report\n"of, today"\na,b\n1,2\n', { skipLines: 2 }, [{ a: '1', b: '2' }]],
    ['a compressed file', gzipSync('a\n1\n'), { gzip: true }, [{ a: '1' }]],
    [
      'a heading that every object has',
      'toString,constructor\n1,2\n',
      undefined,
      [{ toString: '1', constructor: '2' }],
    ],
  ])('reads %s', (_what, body, options, expected) => {
    expect(csv(body, options)).toEqual(expected);
  });

  test.each<[what: string, body: string | Buffer, options: CsvOptions | undefined, says: RegExp]>([
    ['a row that is too short', 'a,b\n1\n', undefined, /not CSV \(Invalid Record Length: .*line 2/],
    ['a row that is too long', 'a,b\n1,2,3\n', undefined, /not CSV \(Invalid Record Length: .*line 2/],
    ['two headings of one name', 'a,a\n1,2\n', undefined, /the heading 'a' stands there twice/],
    ['a quote in the middle', 'a\nx"y\n', undefined, /not CSV/],
    ['another encoding', Buffer.from('Stück\n', 'latin1'), undefined, /not in UTF-8/],
    ['no compressed file', 'a\n1\n', { gzip: true }, /not compressed with gzip/],
  ])('that holds %s is not this format', (_what, body, options, says) => {
    expect(() => csv(body, options)).toThrow(NotThisFormat);
    expect(() => csv(body, options)).toThrow(says);
  });

  test.each<[string, Buffer, CsvOptions | undefined]>([
    ['in a text between quotes', Buffer.from('a\n"1'), undefined],
    ['in its compressed form', gzipSync('a\n1\n2\n').subarray(0, 20), { gzip: true }],
  ])('that is cut %s is asked for again', (_what, body, options) => {
    const outcome = refusalOf(() => csv(body, options));
    expect(isMillraceError(outcome, 'HTTP_BODY_INVALID') && outcome.retryable).toBe(true);
  });

  test('that holds more than 64 MiB is not asked for again', () => {
    const outcome = refusalOf(() => csv(gzipSync(Buffer.alloc(65 * 1024 * 1024, 'a')), { gzip: true }));
    expect(isMillraceError(outcome, 'HTTP_BODY_INVALID') && outcome.retryable).toBe(false);
  });

  test.each(['text/html', 'application/json'])('is not what calls itself %s', (contentType) => {
    expect(() => csv('a\n1\n', undefined, contentType)).toThrow(NotThisFormat);
  });

  const refusalOf = (act: () => unknown): unknown => {
    try {
      return act();
    } catch (error) {
      return error;
    }
  };
});
