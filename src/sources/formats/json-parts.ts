import type * as StreamParser from '@streamparser/json';
import type { Body } from '../../clients/body.ts';
import { required } from '../../required.ts';
import { exactNumber } from '../../definition/exact-json.ts';
import { CutShort, MAX_HELD_BYTES, NotThisFormat, TooLargeToHold } from './faults.ts';
import type { Wanted } from './format.ts';
import { listIn } from './list-in.ts';
import { textsOf } from './text.ts';

/**
 * Reads a JSON document that is too large to be held: the records of its list as they come, then what stands around them.
 * The document keeps only the first record of the list.
 *
 * @throws `NotThisFormat`, also where the list is there twice · `NoList` · `CutShort` · `TooLargeToHold` of one record, or of all that
 *   stands before or behind the list
 */
export async function* readPartByPart(body: Body, wanted: Wanted): AsyncGenerator<unknown[], unknown> {
  const reader = partReader(wanted, body.bytes);
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

function partReader({ list, isExact }: Wanted, bytes: number): PartReader {
  const { Tokenizer, TokenParser } = streamParser();
  class ExactTokenizer extends Tokenizer {
    protected override parseNumber(text: string): number {
      // Whatever it gives becomes the value.
      return isExact ? (exactNumber(text) as number) : Number(text);
    }
  }
  const tokenizer = new ExactTokenizer({ stringBufferSize: 64 * 1024 });
  keepMarks(tokenizer);
  const parser = new TokenParser({ paths: ['$', ...depthsOf(list)] });
  let records: unknown[] = [];
  let seenList: unknown;
  let document: { value: unknown } | undefined;
  tokenizer.onToken = (token) => parser.write(token);
  parser.onValue = ({ value, parent, stack }) => {
    if (stack.length === 0) {
      document = { value };
      return;
    }
    // An object at the place of the list has members, which are no records.
    if (!Array.isArray(parent)) return;
    if (parent !== seenList) {
      if (pathIn(stack) !== list) return;
      if (seenList !== undefined) throw twoLists(list);
      seenList = parent;
    }
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
      // Behind the document a token may have begun.
      guarded(bytes, () => tokenizer.end());
      const found = listIn(document.value, list);
      if (found !== seenList && (seenList !== undefined || found.length > 0)) throw twoLists(list);
      return document.value;
    },
  };
}

/**
 * Selectors for all values as deep as a record may stand: `a.b` is a key in a key, or one key with a dot in it, which no
 * selector can say.
 */
function depthsOf(list: string): string[] {
  const keys = list === '' ? 0 : list.split('.').length;
  return Array.from(
    { length: Math.max(1, keys) },
    (_, index) => `$${'.*'.repeat(keys === 0 ? 1 : index + 2)}`,
  );
}

/** The keys that lead to the list in which a value stands, with dots between them. */
function pathIn(stack: readonly { key?: string | number | undefined }[]): string {
  return stack
    .slice(1)
    .map(({ key }) => key)
    .join('.');
}

function twoLists(list: string): NotThisFormat {
  return new NotThisFormat(`a body with two lists at '${list}'`);
}

/** U+FEFF at the beginning of a text is a letter of it; the tokenizer's own decoder takes it for a mark and drops it. */
function keepMarks(tokenizer: object): void {
  const { bufferedString } = tokenizer as { bufferedString: { decoder: unknown } };
  bufferedString.decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
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
  return required('@streamparser/json') as typeof StreamParser;
}
