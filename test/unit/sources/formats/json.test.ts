import { describe, expect, test } from 'vitest';
import { bodyOf } from '../../../../src/clients/body.ts';
import { CutShort, NoList, NotThisFormat, TooLargeToHold } from '../../../../src/sources/formats/faults.ts';
import type { Wanted } from '../../../../src/sources/formats/format.ts';
import { json } from '../../../../src/sources/formats/json.ts';
import { readPartByPart } from '../../../../src/sources/formats/json-parts.ts';
import { ExactNumber } from '../../../../src/exact-number.ts';
import { valueAt } from '../../../../src/definition/value-at.ts';
import { seeded } from '../../../support/seeded.ts';

interface Outcome {
  records: unknown[];
  document: unknown;
}

async function outcomeOf(batches: AsyncGenerator<unknown[], unknown>): Promise<Outcome> {
  const records: unknown[] = [];
  for (;;) {
    const { value, done } = await batches.next();
    if (done === true) return { records, document: value };
    records.push(...value);
  }
}

const ASKED: Wanted = { list: 'data.items', isExact: true };

const whole = (text: string, asked = ASKED) => outcomeOf(json.read(bodyOf(Buffer.from(text)), asked));

function inParts(text: string | Buffer, bytes: number, asked = ASKED): Promise<Outcome> {
  const body = Buffer.from(text);
  const chunks = async function* () {
    for (let at = 0; at < body.length; at += bytes) yield body.subarray(at, at + bytes);
  };
  return outcomeOf(readPartByPart({ ...bodyOf(body), inMemory: undefined, chunks }, asked));
}

describe('a JSON document that is read part by part', () => {
  test('gives what it gives as a whole: records, and what stands around them', async () => {
    const random = seeded(20261130);
    for (let round = 0; round < 300; round++) {
      const list = LISTS[round % LISTS.length] ?? '';
      const text = textOf(documentWith(list, random), random);
      // lossless-json loses this key.
      const asked = { list: list.replaceAll('~', '.'), isExact: !text.includes('"__proto__":') };
      const expected = await whole(text, asked);
      for (const bytes of [1, 3, 64]) {
        const read = await inParts(text, bytes, asked);
        expect(read.records, text).toEqual(expected.records);
        expect(shortened(read.document, asked.list), text).toEqual(shortened(expected.document, asked.list));
      }
    }
  });

  test('keeps numbers exactly where that is asked for', async () => {
    const text = '{"data":{"items":[{"id":9223372036854775807,"n":1.50}]},"next":12345678901234567890}';
    const { records, document } = await inParts(text, 5);
    expect(records).toEqual([{ id: new ExactNumber('9223372036854775807'), n: 1.5 }]);
    expect(document).toMatchObject({ next: new ExactNumber('12345678901234567890') });
    expect((await inParts(text, 5, { ...ASKED, isExact: false })).records).toEqual([
      { id: Number('9223372036854775807'), n: 1.5 },
    ]);
  });

  test.each([
    ['no list at the place', '{"data":{"items":{"a":[1],"b":2}},"more":true}'],
    ['nothing at the place', '{"data":{}}'],
    ['a record in place of the list', '{"data":{"items":7}}'],
  ])('with %s is refused as the whole one is', async (_what, text) => {
    const [ofParts, ofAll] = await Promise.all(
      [inParts(text, 4), whole(text)].map((outcome) => outcome.catch((error: unknown) => error)),
    );
    expect(ofParts).toBeInstanceOf(NoList);
    expect(ofParts).toEqual(ofAll);
  });

  test('is cut wherever it ends too early', async () => {
    const text = '{"data":{"items":[{"a":"é"},12,"x"]},"next":null}';
    for (let length = 1; length < Buffer.byteLength(text); length++) {
      await expect(inParts(Buffer.from(text).subarray(0, length), 4)).rejects.toThrow(CutShort);
    }
  });

  test.each([
    ['words', 'Service busy'],
    ['a comma too many', '{"data":{"items":[1,]}}'],
    ['a list that is there twice, the second one empty', '{"data":{"items":[1],"items":[]}}'],
    ['a list that is there in two ways', '{"data.items":[1],"data":{"items":[2]}}'],
    ['the beginning of a token behind it', '{"data":{"items":[1]}}"cut'],
    ['a number behind it', '{"data":{"items":[1]}}12'],
    ['two documents', '{"data":{"items":[1]}}{"data":{"items":[2]}}'],
    ['a list that is there twice', '{"data":{"items":[1],"items":[2]}}'],
    ['a number with a leading zero', '{"data":{"items":[01]}}'],
    ['a line break in a text', '{"data":{"items":["a\nb"]}}'],
    ['a letter that is none', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x7d])],
  ])('with %s is not JSON, and nothing of it is quoted', async (_what, text) => {
    const refused = await inParts(text, 3).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(NotThisFormat);
    expect((refused as Error).message).toMatch(
      /^a body (of \d+ bytes that is not JSON|that is not in UTF-8|with two lists at 'data.items')$/,
    );
  });

  test.each([
    ['one record', `{"data":{"items":["${'x'.repeat(17 * 1024 * 1024)}`],
    [
      'what stands behind the list',
      `{"data":{"items":[1]},"other":[${`"${'x'.repeat(4_000)}",`.repeat(4_500)}`,
    ],
    ['blanks', ' '.repeat(17 * 1024 * 1024)],
  ])('of which %s is more than what is held is refused there', async (_what, text) => {
    await expect(inParts(text, 1024 * 1024)).rejects.toThrow(TooLargeToHold);
  });
});

type Random = () => number;

/** A document that has a list at that place, with a few other things around it. */
function documentWith(list: string, random: Random): unknown {
  const records = Array.from({ length: Math.floor(random() * 6) }, () => value(random, 2));
  return list
    .split('.')
    .filter((key) => key !== '')
    .map((key) => key.replaceAll('~', '.'))
    .reduceRight<unknown>((inner, key) => {
      if (/^\d+$/.test(key)) return [...Array.from({ length: Number(key) }, () => value(random, 1)), inner];
      return { before: value(random, 2), [key]: inner, after: value(random, 2) };
    }, records);
}

/** Also keys with a dot in them, and those that mean something to the tokenizer. */
const LISTS = ['', 'items', 'data.items', '1', 'a.0.b', 'odata~items', 'd.x~y', '*', '$'];

const TEXTS = ['\ufeff', 'a\ufeff', '', 'a', 'é😀', '"\\\n\u2028', '{"x":[1]}', '__proto__', '\u0000'];

function value(random: Random, depth: number): unknown {
  const which = Math.floor(random() * (depth > 0 ? 8 : 6));
  switch (which) {
    case 0:
      return null;
    case 1:
      return random() < 0.5;
    case 2:
      return Math.round((random() - 0.5) * 1e6) / 10 ** Math.floor(random() * 6);
    case 3:
      return random() * 10 ** (Math.floor(random() * 60) - 30);
    case 4:
    case 5:
      return TEXTS[Math.floor(random() * TEXTS.length)];
    case 6:
      return Array.from({ length: Math.floor(random() * 4) }, () => value(random, depth - 1));
    default:
      return Object.fromEntries(
        Array.from({ length: Math.floor(random() * 4) }, (_, index) => [
          ['\ufeffk', `k${index}`, '__proto__', 'k.l'][index] ?? '',
          value(random, depth - 1),
        ]),
      );
  }
}

/** With blanks between its marks, or without. */
function textOf(document: unknown, random: Random): string {
  return random() < 0.5 ? JSON.stringify(document) : JSON.stringify(document, undefined, '\t');
}

/** Of the list the first record alone. */
function shortened(document: unknown, list: string): unknown {
  const copy = structuredClone(document);
  const records = valueAt(copy, list) as unknown[];
  records.splice(1);
  return copy;
}
