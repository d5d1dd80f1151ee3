import type { HttpAnswer } from '../../../clients/http.ts';

export type ParseJson = (text: string) => unknown;

/** How the bytes of a body become a document. */
export interface Format {
  /** Is the body the list of records, with nothing around it? */
  isList?: true;
  /** What the request says that it accepts. */
  accept: string;
  /**
   * @param parseJson reads JSON; without loss where the row needs that
   * @throws HTTP_BODY_INVALID where the body is cut (retried) · `NotThisFormat` where it is whole
   */
  parse(answer: HttpAnswer, parseJson: ParseJson): unknown;
}
