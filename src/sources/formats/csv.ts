import { createRequire } from 'node:module';
import type * as CsvParse from 'csv-parse';
import { z } from 'zod';
import type { Body } from '../../clients/body.ts';
import { Damaged, expanded } from '../../clients/expand.ts';
import { through } from '../../clients/through.ts';
import { readOptions, text, wants, wholeNumber } from '../../define/options.ts';
import { data } from '../../definition/facts.ts';
import { messageOf } from '../../errors.ts';
import { CutShort, NotThisFormat, TooLargeToHold, type FormatFault } from './faults.ts';
import { MAX_HELD_BYTES, type Format } from './format.ts';
import { textsOf } from './text.ts';

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
  called: 'CSV',
  accept: 'text/csv, application/csv;q=0.9, */*;q=0.1',
  // Files that are called by what is around them, too: a compressed one.
  mediaTypes: /\bcsv\b|\bcomma-separated-values\b|\bgzip\b|\bexcel\b|\btab-separated-values\b/i,
  options: (options, path, report) => {
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
  async *read(body, _asked, facts = {}) {
    const { encoding, gzip } = { ...DEFAULTS, ...facts };
    const texts = () => textsOf(gzip ? unzipped(body) : body.chunks(), { encoding });
    yield* recordsIn(texts(), facts, await holdsQuotedNothing(texts(), facts));
    return [];
  },
};

/**
 * May a text be empty that stands between quotes? Only where one quote follows another. To look at the quotes of each value
 * makes the parser six times as slow.
 */
async function holdsQuotedNothing(
  texts: AsyncIterable<string>,
  { quote = DEFAULTS.quote }: CsvFacts,
): Promise<boolean> {
  if (quote === false) return false;
  let before = '';
  for await (const text of texts) {
    if ((before + text).includes(quote + quote)) return true;
    before = text.slice(-1);
  }
  return false;
}

async function* recordsIn(
  texts: AsyncIterable<string>,
  facts: CsvFacts,
  isQuotedNothing: boolean,
): AsyncGenerator<unknown[]> {
  const { delimiter, quote, headings, skipLines } = { ...DEFAULTS, headings: undefined, ...facts };
  // Loaded for the first body: every command that reads definitions would else wait for it.
  const { parse } = createRequire(import.meta.url)('csv-parse') as typeof CsvParse;
  const parser = parse({
    delimiter,
    quote,
    columns: headings ?? unlike,
    bom: true,
    from_line: skipLines + 1,
    skip_empty_lines: true,
    max_record_size: MAX_HELD_BYTES,
    ...(isQuotedNothing ? { cast: nullUnlessQuoted } : {}),
  });
  let part = 0;
  const counted = async function* () {
    for await (const text of texts) {
      part++;
      yield text;
    }
  };
  let records: unknown[] = [];
  let readOf = part;
  for await (const record of through<string, Record<string, string | null>>(counted(), parser, faultOf)) {
    // Records that one part of the body completes come at once.
    if (readOf !== part && records.length > 0) {
      yield records;
      records = [];
    }
    readOf = part;
    records.push(isQuotedNothing ? record : withNulls(record));
  }
  if (records.length > 0) yield records;
}

/** What stands in quotes is there, also where it is empty. */
function nullUnlessQuoted(value: string, { quoting, header }: CsvParse.CastingContext): string | null {
  return value === '' && !quoting && !header ? null : value;
}

function withNulls(record: Record<string, string | null>): object {
  for (const heading in record) if (record[heading] === '') record[heading] = null;
  return record;
}

/** @throws where two headings are one: the value of the first would be lost */
function unlike(headings: string[]): string[] {
  const twin = headings.find((heading, index) => headings.indexOf(heading) < index);
  if (twin !== undefined) throw new Error(`the heading '${twin}' stands there twice`);
  return headings;
}

function faultOf(error: unknown): FormatFault {
  const problem = `a body that is not CSV (${messageOf(error)})`;
  switch (error instanceof Error && Reflect.get(error, 'code')) {
    // The end of the body in the middle of a record.
    case 'CSV_QUOTE_NOT_CLOSED':
      return new CutShort(`${problem}; it may have been cut`);
    case 'CSV_MAX_RECORD_SIZE':
      return new TooLargeToHold(`a record of more than ${MAX_HELD_BYTES / 1024 / 1024} MiB`);
    default:
      return new NotThisFormat(problem);
  }
}

/** As much as is read of a file that is compressed: a few kilobytes may hold more than a disk. */
const MAX_EXPANDED_BYTES = 4 * 1024 * 1024 * 1024;

async function* unzipped(body: Body): AsyncGenerator<Buffer> {
  let bytes = 0;
  try {
    for await (const chunk of expanded(body.chunks(), 'gzip')) {
      bytes += chunk.byteLength;
      if (bytes > MAX_EXPANDED_BYTES)
        throw new TooLargeToHold(
          `a compressed file that holds more than ${MAX_EXPANDED_BYTES / 1024 ** 3} GiB`,
        );
      yield chunk;
    }
  } catch (error) {
    if (!(error instanceof Damaged)) throw error;
    throw error.isCut
      ? new CutShort('a compressed file that is not whole')
      : new NotThisFormat('a file that is not compressed with gzip');
  }
}

function isEncoding(name: string): boolean {
  try {
    return new TextDecoder(name).encoding !== '';
  } catch {
    return false;
  }
}
