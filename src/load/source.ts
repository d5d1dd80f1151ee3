import type { Report } from '../define/declared.ts';
import type { AroundSource } from '../define/pull.ts';
import type { TableDefinition } from '../definition/definition.ts';
import type { FactTable } from '../definition/facts.ts';
import type { Reading } from '../definition/read-record.ts';
import type { TableRow } from '../definition/table-row.ts';
import type { LoadDeps, OutsideDeps } from './deps.ts';
import type { Load, Offsets } from './messages.ts';

/**
 * A kind of source: from the options that a user writes to the rows of one interval.
 *
 * `Options` is what `read` takes, `Facts` the plain JSON that it gives and the catalogue keeps, `Deps` what it works with.
 */
export interface Source<Options, Facts extends object, Deps extends OutsideDeps = LoadDeps> {
  /** Reports the mistakes under `path`; undefined where it could not read the options. */
  read(options: Options, path: string, report: Report, around: AroundSource): Facts | undefined;
  /** What each fact decides. */
  facts: FactTable;
  /** What must be complete before a load asks, by name: each of a kind that `waits/` lists. Absent: nothing. */
  waitsFor?: (facts: Facts) => string[];
  /** Names of the secrets that it shows the other side. Absent: none. */
  secrets?: (facts: Facts) => string[];
  /** Names of the columns for which its texts have placeholders, where `forEach` gives rows. Absent: none. */
  columns?: (facts: Facts) => string[];
  /** How many requests it may have under way at the same time. Absent: one after the other. */
  atOnce?: (facts: Facts) => number;
  /** Loads the code that fetches rows: a file of definitions is read without any driver. */
  open(): Promise<Rows<Facts, Deps>>;
}

/** How a source gives its rows. */
export interface Rows<Facts, Deps extends OutsideDeps = LoadDeps> {
  /** The records of one interval, batch by batch, in bounded memory. Safe to ask again. */
  fetch(facts: Facts, ask: Ask<Deps>): AsyncGenerator<Batch>;
  /** How its records write their values. Absent: as JSON does. */
  reading?: (facts: Facts) => Reading;
  /** What a message says of a record that does not fit the row schema: which one it is, and what to do. */
  misfit(index: number): { record: string; remedy: string };
}

/** Which rows are asked for, and with what. */
export interface Ask<Deps extends OutsideDeps = LoadDeps> {
  deps: Deps;
  definition: TableDefinition;
  load: Load;
  /** The attempt's number: with the load's, it names this asking and no other. */
  attempt: number;
  /** How often Temporal has tried, this time included. */
  tries: number;
  /** Up to where what it waited for is complete. */
  coverage: Offsets;
  /** The row of `forEach` for which its records are asked; absent: the pull has none. */
  row?: TableRow | undefined;
  /** Where an earlier attempt of the same load says to go on; undefined: at the beginning. */
  from: string | undefined;
  /** How many rows earlier attempts have staged before that place. */
  rows: number;
  signal: AbortSignal;
}

/** Some records, as the source gave them. */
export interface Batch {
  records: readonly unknown[];
  /**
   * Given by a source that can resume. `next` is the place after these records; undefined: they were the last. Absent: no
   * attempt can go on after these records, as in the middle of a page; it goes on at the last place that was given, or
   * starts again.
   */
  walk?: { next: string | undefined };
}
