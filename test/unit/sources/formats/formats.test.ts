import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { bodyOf, received, type Body } from '../../../../src/clients/body.ts';
import type { CsvOptions } from '../../../../src/sources/formats/csv.ts';
import { CutShort, NotThisFormat, TooLargeToHold } from '../../../../src/sources/formats/faults.ts';
import { formatOf, type FormatFacts } from '../../../../src/sources/formats/index.ts';

/** A body that comes in parts of so many bytes. */
function inParts(whole: Buffer, bytes: number): Body {
  return {
    ...bodyOf(whole),
    inMemory: undefined,
    async *chunks() {
      for (let at = 0; at < whole.length; at += bytes) yield whole.subarray(at, at + bytes);
    },
  };
}

async function recordsOf(facts: FormatFacts, body: Body): Promise<unknown[]> {
  const records: unknown[] = [];
  for await (const batch of formatOf(facts, 'format').read(body, { list: '', isExact: false }))
    records.push(...batch);
  return records;
}

/** What is read of it, in whatever parts it comes. */
async function read(facts: FormatFacts, body: string | Buffer): Promise<unknown[]> {
  const whole = Buffer.from(body);
  const records = await recordsOf(facts, bodyOf(whole));
  for (const bytes of [1, 2, 7]) expect(await recordsOf(facts, inParts(whole, bytes))).toEqual(records);
  return records;
}

/** How it is refused, in whatever parts it comes. */
async function refusal(facts: FormatFacts, body: string | Buffer): Promise<Error> {
  const whole = Buffer.from(body);
  const outcomes = [bodyOf(whole), inParts(whole, 1), inParts(whole, 7)].map((one) =>
    recordsOf(facts, one).catch((error: unknown) => error as Error),
  );
  const [first, ...others] = (await Promise.all(outcomes)) as Error[];
  for (const other of others) expect(other).toEqual(first);
  if (first instanceof Error) return first;
  throw new Error(`it was to be refused, and gave ${JSON.stringify(first)}`);
}

describe('JSON line by line', () => {
  test.each<[what: string, body: string, expected: unknown[]]>([
    ['two lines', '{"a":1}\n{"a":2}\n', [{ a: 1 }, { a: 2 }]],
    ['no line break at the end, those of Windows', '{"a":1}\r\n{"a":"\\n"}', [{ a: 1 }, { a: '\n' }]],
    ['blank lines, and nothing else', '\n \n', []],
    ['an empty body', '', []],
    ['a line separator of Unicode in a text', '{"a":"\u2028é😀"}\n', [{ a: '\u2028é😀' }]],
  ])('reads %s', async (_what, body, expected) => {
    expect(await read('ndjson', body)).toEqual(expected);
  });

  test('that is cut within its last line may be whole the next time, and one that is cut elsewhere not', async () => {
    expect(await refusal('ndjson', '{"a":1}\n{"a":')).toBeInstanceOf(CutShort);
    expect(await refusal('ndjson', '{"a":1}\n{"a":\n\n')).toBeInstanceOf(CutShort);
    const inside = await refusal('ndjson', '{"a":\n{"a":1}\n');
    expect(inside).toBeInstanceOf(NotThisFormat);
    expect(inside.message).toContain('a body whose line 1 is not JSON');
  });

  test.each(['Service busy', '{"a":1}\nbusy'])(
    'that holds other words, %j, is not this format',
    async (body) => {
      expect(await refusal('ndjson', body)).toBeInstanceOf(NotThisFormat);
    },
  );

  test('that is not in UTF-8 is refused', async () => {
    const { message } = await refusal('ndjson', Buffer.from([0x7b, 0xff, 0x7d]));
    expect(message).toBe('a body that is not in UTF-8');
  });

  test('of which one line is larger than what is held is refused there', async () => {
    const endless = inParts(Buffer.from(`{}\n"${'x'.repeat(17 * 1024 * 1024)}`), 1024 * 1024);
    await expect(recordsOf('ndjson', endless)).rejects.toThrow('a body with a line 2 of more than 16 MiB');
  });
});

describe('CSV', () => {
  const facts = (options?: CsvOptions) => (options === undefined ? 'csv' : { csv: options });

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
  ])('reads %s', async (_what, body, options, expected) => {
    expect(await read(facts(options), body)).toEqual(expected);
  });

  test.each<[what: string, body: string | Buffer, options: CsvOptions | undefined, says: RegExp]>([
    ['a row that is too short', 'a,b\n1\n', undefined, /not CSV \(Invalid Record Length: .*line 2/],
    ['a row that is too long', 'a,b\n1,2,3\n', undefined, /not CSV \(Invalid Record Length: .*line 2/],
    ['two headings of one name', 'a,a\n1,2\n', undefined, /the heading 'a' stands there twice/],
    ['a quote in the middle', 'a\nx"y\n', undefined, /not CSV/],
    ['another encoding', Buffer.from('Stück\n', 'latin1'), undefined, /not in UTF-8/],
    ['no compressed file', 'a\n1\n', { gzip: true }, /not compressed with gzip/],
  ])('that holds %s is not this format', async (_what, body, options, says) => {
    const { message, constructor } = await refusal(facts(options), body);
    expect([constructor, message]).toEqual([NotThisFormat, expect.stringMatching(says)]);
  });

  test.each<[string, Buffer, CsvOptions | undefined]>([
    ['in a text between quotes', Buffer.from('a\n"1'), undefined],
    ['in its compressed form', gzipSync('a\n1\n2\n').subarray(0, 20), { gzip: true }],
  ])('that is cut %s may be whole the next time', async (_what, body, options) => {
    expect(await refusal(facts(options), body)).toBeInstanceOf(CutShort);
  });

  test('that lies in a file is read to its end, also where a quote follows another at once', async () => {
    const rows = Array.from({ length: 200_000 }, (_, n) => `${n},"","row ""${n}"""`);
    const body = await received(inParts(Buffer.from(`n,a,b\n${rows.join('\n')}\n`), 100_000).chunks(), 1e9);
    expect(body.inMemory).toBe(undefined);
    const records = await recordsOf('csv', body);
    expect([records.length, records[0], records.at(-1)]).toEqual([
      200_000,
      { n: '0', a: '', b: 'row "0"' },
      { n: '199999', a: '', b: 'row "199999"' },
    ]);
    await body.close();
  }, 20_000);

  test('of which one record is larger than what is held is refused there', async () => {
    const endless = inParts(Buffer.from(`a\n"${'x'.repeat(17 * 1024 * 1024)}`), 1024 * 1024);
    await expect(recordsOf('csv', endless)).rejects.toThrow(TooLargeToHold);
  });
});
