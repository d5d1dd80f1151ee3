import type { HttpAnswer } from '../../../clients/http.ts';
import { known } from '../../known.ts';
import { json } from './json.ts';

/** Every format of a body, by the name under which the option gives it. */
export const FORMATS = { json };

/** How the bytes of a body become a document. */
export interface Format {
  /** What the request says that it accepts. */
  accept: string;
  /** @throws HTTP_BODY_INVALID where the body is cut (retried) · `NotThisFormat` where it is whole */
  parse(answer: HttpAnswer): unknown;
}

export type FormatName = keyof typeof FORMATS;

/** The format of that name, or the default one. @throws WORKER_TOO_OLD */
export function formatOf(name: string = 'json'): Format {
  return known(FORMATS, name, 'http.format');
}
