import type { Body } from '../../clients/body.ts';
import type { Report } from '../../define/declared.ts';
import type { FactTable } from '../../definition/facts.ts';

/** What is wanted of a body. */
export interface Wanted {
  /** The path of the list of records, dots between keys; '' means that the body is the list. */
  list: string;
  /** Are numbers kept that JavaScript would round? */
  isExact: boolean;
}

/** How the bytes of a body become records. */
export interface Format<Options = never, Facts extends object = object> {
  /** Is the body the list of records, with nothing around it? */
  isList?: true;
  /** Does a part of it look like a whole one? Then it must be known from elsewhere where it ends. */
  endsAnywhere?: true;
  /** Has a record texts alone, which mean what the type of their field says? */
  isText?: true;
  /** As messages call it. */
  called: string;
  /** What a request says that it accepts. */
  accept: string;
  /** The media types under which it comes. */
  mediaTypes: RegExp;
  /** Reads what may be said of it: `{ csv: { delimiter: ';' } }`. Absent: nothing. */
  options?(options: Options, path: string, report: Report): Facts | undefined;
  /** What each fact of that decides. */
  facts?: FactTable;
  /**
   * Yields the records in batches. Returns the document that held them.
   *
   * Memory: a part of the body, and up to `MAX_HELD_BYTES` of what can only be read as a whole.
   * @throws `NotThisFormat` · `NoList` · `CutShort` · `TooLargeToHold`
   */
  read(body: Body, wanted: Wanted, facts?: Facts): AsyncGenerator<unknown[], unknown>;
}
