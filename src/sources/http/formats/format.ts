import type { HttpAnswer } from '../../../clients/http.ts';
import type { Report } from '../../../define/declared.ts';
import type { FactTable } from '../../../definition/facts.ts';

/** Reads JSON; without loss where a row needs that. */
export type ParseJson = (text: string) => unknown;

/** How the bytes of a body become a document. */
export interface Format<Options = never, Facts extends object = object> {
  /** Is the body the list of records, with nothing around it? */
  isList?: true;
  /** Has a record texts alone, which mean what the type of their field says? */
  isText?: true;
  /** What the request says that it accepts. */
  accept: string;
  /** Reads what may be said of it: `{ csv: { delimiter: ';' } }`. Absent: nothing. */
  read?(options: Options, path: string, report: Report): Facts | undefined;
  /** What each fact of that decides. */
  facts?: FactTable;
  /** @throws HTTP_BODY_INVALID where the body is cut (retried) · `NotThisFormat` where it is whole */
  parse(answer: HttpAnswer, parseJson: ParseJson, facts?: Facts): unknown;
}
