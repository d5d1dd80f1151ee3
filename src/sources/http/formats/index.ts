import { known } from '../../known.ts';
import type { Format } from './format.ts';
import { json } from './json.ts';
import { ndjson } from './ndjson.ts';

/** Every format of a body, by the name under which the option gives it. */
export const FORMATS = { json, ndjson };

export type FormatName = keyof typeof FORMATS;

/** The format of that name, or the default one. @throws WORKER_TOO_OLD */
export function formatOf(name: string = 'json'): Format {
  return known(FORMATS, name, 'http.format');
}
