import { createRequire } from 'node:module';
import { gunzipSync } from 'node:zlib';
import type * as CsvParse from 'csv-parse/sync';
import { z } from 'zod';
import type { HttpAnswer } from '../../../clients/http.ts';
import { readOptions, text, wants, wholeNumber } from '../../../define/options.ts';
import { data } from '../../../definition/facts.ts';
import { messageOf, MillraceError } from '../../../errors.ts';
import type { Format } from './format.ts';
import { NotThisFormat } from './not-this-format.ts';
import { refuseType, refuseUnknownLength, textOf } from './text.ts';

export interface CsvOptions {
  /** What stands between two values. Default ','. */
  delimiter?: string;
  /** As the web names it: `'latin1'`, `'windows-1252'`, `'utf-16le'`. Default 'utf-8'; a byte order mark is left out. */
  encoding?: string;
  /** What a value stands between that holds a delimiter or a line break; twice, it means itself. `false`: nothing. Default '"'. */
  quote?: string | false;
  /** The headings, where the file has none. Default: its first line. */
  headings?: string[];
  /** Lines before the headings, which mean nothing. Default 0. */
  skipLines?: number;
  /** Is the file itself compressed? What a server compresses for the way (Content-Encoding) is not meant. Default false. */
  gzip?: boolean;
}

/** As {@link CsvOptions}, without what is at its default. */
export type CsvFacts = CsvOptions;

const OPTIONS = {
  delimiter: text("a character such as ';'")
    .max(8, wants('a delimiter', "one character, such as ';'"))
    .optional(),
  encoding: z
    .string(wants('an encoding', "a name such as 'latin1'"))
    .refine(
      isEncoding,
      wants('an encoding', "one of the web's names, such as 'latin1', 'windows-1252' or 'utf-16le'"),
    )
    .optional(),
  quote: z
    .custom<string | false>(
      (value) => value === false || (typeof value === 'string' && value.length === 1),
      wants('a quote', "one character, such as '\"', or false for none"),
    )
    .optional(),
  headings: z.array(text('a heading'), wants('a list of headings', "['day', 'rate']")).min(1).optional(),
  skipLines: wholeNumber(0, 1_000, 'a number such as 1').optional(),
  gzip: z.boolean(wants('a switch', 'true where the file is compressed')).optional(),
};

const DEFAULTS = { delimiter: ',', encoding: 'utf-8', quote: '"', skipLines: 0, gzip: false } as const;

/**
 * A table as text (RFC 4180): a line of headings, then a record per line. `at('Artikel-Nr.', …)` takes a value by its
 * heading. Every value is a text, and means what the type of its field says. Where nothing stands, there is no value; what
 * stands between quotes is a text, also an empty one.
 */
export const csv: Format<CsvOptions, CsvFacts> = {
  isList: true,
  isText: true,
  accept: 'text/csv, application/csv;q=0.9, */*;q=0.1',
  read: (options, path, report) => {
    const read = readOptions(OPTIONS, options, path, report);
    return Object.fromEntries(
      Object.entries(read).filter(([name, value]) => value !== Reflect.get(DEFAULTS, name)),
    );
  },
  facts: {
    delimiter: data({ default: DEFAULTS.delimiter }),
    encoding: data({ default: DEFAULTS.encoding }),
    quote: data({ default: DEFAULTS.quote }),
    headings: data(),
    skipLines: data({ default: DEFAULTS.skipLines }),
    gzip: data({ default: DEFAULTS.gzip }),
  },
  parse(answer, _parseJson, facts = {}) {
    refuseType(answer, TYPES, 'CSV');
    refuseUnknownLength(answer);
    const { encoding, gzip } = { ...DEFAULTS, ...facts };
    const body = gzip ? unzipped(answer) : answer.body;
    return recordsIn(answer, textOf(answer, { encoding, body }), facts);
  },
};

/** Files that are called by what is around them, too: a compressed one. */
const TYPES = /\bcsv\b|\bcomma-separated-values\b|\bgzip\b|\bexcel\b|\btab-separated-values\b/i;

function recordsIn(answer: HttpAnswer, body: string, facts: CsvFacts): unknown[] {
  const { delimiter, quote, headings, skipLines } = { ...DEFAULTS, headings: undefined, ...facts };
  // Loaded for the first answer: every command that reads definitions would else wait for it.
  const { parse } = createRequire(import.meta.url)('csv-parse/sync') as typeof CsvParse;
  try {
    return parse(body, {
      delimiter,
      quote,
      columns: headings ?? unlike,
      bom: true,
      from_line: skipLines + 1,
      skip_empty_lines: true,
      // What stands in quotes is there, also where it is empty.
      cast: (value, { quoting, header }) => (value === '' && !quoting && !header ? null : value),
    });
  } catch (error) {
    const { place, address, excerpt } = answer;
    const problem = `${place} sent a body that is not CSV (${messageOf(error)})`;
    if (!isCut(error)) throw new NotThisFormat(`${problem}${excerpt}`);
    throw new MillraceError('HTTP_BODY_INVALID', `${problem}; it may have been cut.`, {
      context: { url: address },
    });
  }
}

/** @throws where two headings are one: the value of the first would be lost */
function unlike(headings: string[]): string[] {
  const twin = headings.find((heading, index) => headings.indexOf(heading) < index);
  if (twin !== undefined) throw new Error(`the heading '${twin}' stands there twice`);
  return headings;
}

/** The end of the body in the middle of a record. */
function isCut(error: unknown): boolean {
  return error instanceof Error && Reflect.get(error, 'code') === 'CSV_QUOTE_NOT_CLOSED';
}

/** As much as is held of an answer that is not compressed. */
const MAX_BYTES = 64 * 1024 * 1024;

function unzipped(answer: HttpAnswer): Buffer {
  const { place, address, body } = answer;
  try {
    return gunzipSync(body, { maxOutputLength: MAX_BYTES });
  } catch (error) {
    const code: unknown = error instanceof Error && Reflect.get(error, 'code');
    if (code === 'Z_BUF_ERROR') {
      throw new MillraceError('HTTP_BODY_INVALID', `${place} sent a compressed file that is not whole.`, {
        context: { url: address },
      });
    }
    if (code === 'ERR_BUFFER_TOO_LARGE') {
      throw new MillraceError(
        'HTTP_BODY_INVALID',
        `${place} sent a compressed file that holds more than 64 MiB. Ask for smaller pages, or for shorter intervals with 'every'.`,
        { retryable: false, context: { url: address } },
      );
    }
    throw new NotThisFormat(`${place} sent a file that is not compressed with gzip${answer.excerpt}`);
  }
}

function isEncoding(name: string): boolean {
  try {
    return new TextDecoder(name).encoding !== '';
  } catch {
    return false;
  }
}
