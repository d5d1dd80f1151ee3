import type * as CsvParse from 'csv-parse';
import { z } from 'zod';
import { through } from '../../clients/through.ts';
import { readOptions, text, wants, wholeNumber } from '../../define/options.ts';
import { data } from '../../definition/facts.ts';
import { messageOf } from '../../errors.ts';
import { required } from '../../required.ts';
import { CutShort, MAX_HELD_BYTES, NotThisFormat, tooLargeToHold, type FormatFault } from './faults.ts';
import type { Format } from './format.ts';
import { textsOf } from './text.ts';
import { unzipped } from './unzipped.ts';

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
  endsAnywhere: true,
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
  async *read(body, _wanted, facts = {}) {
    const { encoding, gzip } = { ...DEFAULTS, ...facts };
    const texts = () => textsOf((gzip ? unzipped(body) : body).chunks(), { encoding });
    yield* recordsIn(texts(), facts, await holdsQuotedNothing(texts(), facts));
    return [];
  },
};

/** What comes in one batch, at most. */
const BATCH_RECORDS = 1_000;
const BATCH_BYTES = 1024 * 1024;

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
    before = (before + text).slice(-1);
  }
  return false;
}

async function* recordsIn(
  texts: AsyncIterable<string>,
  facts: CsvFacts,
  isQuotedNothing: boolean,
): AsyncGenerator<unknown[]> {
  const { delimiter, quote, headings, skipLines } = { ...DEFAULTS, headings: undefined, ...facts };
  // For the first body: every command that reads definitions would else wait for it.
  const { parse } = required('csv-parse') as typeof CsvParse;
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
  let records: unknown[] = [];
  let bytes = 0;
  for await (const record of through<string, Record<string, string | null>>(texts, parser, csvFault)) {
    records.push(isQuotedNothing ? record : withNulls(record));
    if (records.length < BATCH_RECORDS && parser.info.bytes - bytes < BATCH_BYTES) continue;
    yield records;
    records = [];
    bytes = parser.info.bytes;
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

function csvFault(error: unknown): FormatFault {
  const problem = `a body that is not CSV (${messageOf(error)})`;
  switch (error instanceof Error && Reflect.get(error, 'code')) {
    // The end of the body in the middle of a record.
    case 'CSV_QUOTE_NOT_CLOSED':
      return new CutShort(`${problem}; it may have been cut`);
    case 'CSV_MAX_RECORD_SIZE':
      return tooLargeToHold('a body with a record');
    default:
      return new NotThisFormat(problem);
  }
}

function isEncoding(name: string): boolean {
  try {
    return new TextDecoder(name).encoding !== '';
  } catch {
    return false;
  }
}
