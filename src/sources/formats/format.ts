import type { Body } from '../../clients/body.ts';
import type { Report } from '../../define/declared.ts';
import type { FactTable } from '../../definition/facts.ts';

/** What can only be read as a whole, such as one record, is held in memory up to this. */
export const MAX_HELD_BYTES = 16 * 1024 * 1024;

/** How a body is read. */
export interface Asked {
  /** The path of the list of records, dots between keys; '' means that the body is the list. */
  list: string;
  /** Are numbers kept that JavaScript would round? */
  isExact: boolean;
}

/** How the bytes of a body become records. */
export interface Format<Options = never, Facts extends object = object> {
  /** Is the body the list of records, with nothing around it? */
  isList?: true;
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
   * The records, batch by batch: what one part of the body holds. In the end the document around them: where it has no
   * list at the path that was asked for, there were no records.
   *
   * Memory: a part of the body, and up to {@link MAX_HELD_BYTES} of what can only be read as a whole.
   * @throws `NotThisFormat` · `CutShort` · `TooLargeToHold`
   */
  read(body: Body, asked: Asked, facts?: Facts): AsyncGenerator<unknown[], unknown>;
}
