import type { HttpAnswer } from '../../../clients/http.ts';
import { data, type FactTable } from '../../../definition/facts.ts';
import { known } from '../../known.ts';
import { csv } from './csv.ts';
import type { Format, ParseJson } from './format.ts';
import { json } from './json.ts';
import { ndjson } from './ndjson.ts';

/** Every format of a body, by the name under which the option gives it. */
export const FORMATS = { json, ndjson, csv };

/** The name of a format. */
export type FormatName = keyof typeof FORMATS;

/** A format by its name; or, under its name, with what is said of it. */
export type FormatFacts = string | Record<string, object>;

/** A format, and what is said of it. */
export interface BoundFormat extends Pick<Format, 'isList' | 'isText' | 'accept'> {
  parse(answer: HttpAnswer, parseJson: ParseJson): unknown;
}

/** The format, or the default one. @throws WORKER_TOO_OLD */
export function formatOf(facts: FormatFacts = 'json'): BoundFormat {
  const [name = '', own] = typeof facts === 'string' ? [facts] : (Object.entries(facts)[0] ?? []);
  const format: Format = known<Format>(FORMATS, name, 'http.format');
  for (const fact of Object.keys(own ?? {})) known(format.facts ?? {}, fact, `http.format.${name}`);
  return { ...format, parse: (answer, parseJson) => format.parse(answer, parseJson, own) };
}

/** What each fact of a format decides, for those that have some. */
export function formatFacts(): FactTable {
  return Object.fromEntries(
    Object.entries<Format>(FORMATS).map(([name, { facts = {} }]) => [name, data({ inside: () => facts })]),
  );
}
