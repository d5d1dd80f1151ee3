import type { Body } from '../../clients/body.ts';
import { data, type FactTable } from '../../definition/facts.ts';
import { known } from '../known.ts';
import { csv } from './csv.ts';
import type { Format, Wanted } from './format.ts';
import { json } from './json.ts';
import { ndjson } from './ndjson.ts';

/** Every format of a body, by the name under which the option gives it. */
export const FORMATS = { json, ndjson, csv };

/** The name of a format. */
export type FormatName = keyof typeof FORMATS;

/** A format by its name; or, under its name, with what is said of it. */
export type FormatFacts = string | Record<string, object>;

/** A format, and what is said of it. */
export interface BoundFormat extends Omit<Format, 'options' | 'facts'> {
  read(body: Body, wanted: Wanted): AsyncGenerator<unknown[], unknown>;
}

/** The format, or the default one. @param place of the option, for messages @throws WORKER_TOO_OLD */
export function formatOf(facts: FormatFacts | undefined, place: string): BoundFormat {
  const given = facts ?? 'json';
  const [name = '', own] = typeof given === 'string' ? [given] : (Object.entries(given)[0] ?? []);
  const format: Format = known<Format>(FORMATS, name, place);
  for (const fact of Object.keys(own ?? {})) known(format.facts ?? {}, fact, `${place}.${name}`);
  return { ...format, read: (body, wanted) => format.read(body, wanted, own) };
}

/** What each fact of a format decides, for those that have some. */
export function formatFacts(): FactTable {
  return Object.fromEntries(
    Object.entries<Format>(FORMATS).map(([name, { facts = {} }]) => [name, data({ inside: () => facts })]),
  );
}
