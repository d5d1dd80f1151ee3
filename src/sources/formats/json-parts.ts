import { createRequire } from 'node:module';
import type * as StreamParser from '@streamparser/json';
import type { Body } from '../../clients/body.ts';
import { exactNumber } from '../../definition/exact-json.ts';
import { CutShort, NotThisFormat, TooLargeToHold } from './faults.ts';
import { MAX_HELD_BYTES, type Asked } from './format.ts';
import { textsOf } from './text.ts';

/**
 * Reads a JSON document that is too large to be held: the records of its list as they come, then what stands around them.
 * Of the list the first record alone stays there.
 *
 * @throws `NotThisFormat`, also where the list is there twice · `CutShort` · `TooLargeToHold` of one record, or of all that
 *   stands before or behind the list
 */
export async function* readPartByPart(body: Body, asked: Asked): AsyncGenerator<unknown[], unknown> {
  const reader = partReader(asked, body.bytes);
  let heldBytes = 0;
  for await (const text of textsOf(body.chunks(), { cutLetter: 'left out' })) {
    const records = reader.read(text);
    heldBytes = records.length > 0 ? 0 : heldBytes + text.length;
    if (heldBytes > MAX_HELD_BYTES)
      throw new TooLargeToHold(
        `a body of ${body.bytes} bytes, of which more than ${MAX_HELD_BYTES / 1024 / 1024} MiB are one record, or stand outside the list of records`,
      );
    if (records.length > 0) yield records;
  }
  return reader.end();
}

interface PartReader {
  /** The records that end in this part. */
  read(text: string): unknown[];
  /** The document around them. */
  end(): unknown;
}

function partReader({ list, isExact }: Asked, bytes: number): PartReader {
  const { Tokenizer, TokenParser } = streamParser();
  class ExactTokenizer extends Tokenizer {
    protected override parseNumber(text: string): number {
      // Whatever it gives becomes the value.
      return isExact ? (exactNumber(text) as number) : Number(text);
    }
  }
  const tokenizer = new ExactTokenizer({ stringBufferSize: 64 * 1024 });
  const parser = new TokenParser({
    paths: [['$', ...(list === '' ? [] : list.split('.')), '*'].join('.'), '$'],
  });
  let records: unknown[] = [];
  let records_of: unknown;
  let document: { is: unknown } | undefined;
  tokenizer.onToken = (token) => parser.write(token);
  parser.onValue = ({ value, parent, stack }) => {
    if (stack.length === 0) {
      document = { is: value };
      return;
    }
    // An object at the place of the list has members, which are no records.
    if (!Array.isArray(parent)) return;
    if (records_of !== undefined && parent !== records_of)
      throw new NotThisFormat(`a body with two lists at '${list}'`);
    records_of = parent;
    records.push(value);
    if (parent.length > 1) parent.length = 1;
  };
  return {
    read(text) {
      guarded(bytes, () => tokenizer.write(text));
      const read = records;
      records = [];
      return read;
    },
    end() {
      if (document === undefined) throw new CutShort(`a body of ${bytes} bytes that is not whole JSON`);
      return document.is;
    },
  };
}

/** The parser's own messages quote the body. */
function guarded(bytes: number, read: () => void): void {
  try {
    read();
  } catch (error) {
    throw error instanceof NotThisFormat
      ? error
      : new NotThisFormat(`a body of ${bytes} bytes that is not JSON`);
  }
}

/** Loaded for the first large document: every command that reads definitions would else wait for it. */
function streamParser(): typeof StreamParser {
  return createRequire(import.meta.url)('@streamparser/json') as typeof StreamParser;
}
