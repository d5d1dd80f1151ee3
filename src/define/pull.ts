import { z } from 'zod';
import { declare, type Declared, type Report } from './declared.ts';
import type { PullDefinition } from '../definition/definition.ts';
import { DEFAULTS } from '../definition/kinds.ts';
import { readHttp, type HttpOptions } from './http-source.ts';
import { LOADED, loadedFacts, type LoadedOptions } from './loaded.ts';
import { readOptions, wholeNumber } from './options.ts';

export interface PullOptions<Row extends z.ZodObject> extends LoadedOptions<Row> {
  /** Where the records come from: HTTP GET, JSON. */
  http: HttpOptions;
  /** Fewer rows than this in an interval fail the load. Default 1: an empty answer is suspicious; 0 accepts it. */
  minRows?: number;
}

const OPTIONS = {
  ...LOADED,
  http: z.unknown(),
  minRows: wholeNumber(0, 1_000_000_000, 'a number such as 1').optional(),
};

/** Declares a summary that is fetched from another system into one MariaDB table. */
export function pull<Row extends z.ZodObject>(name: string, options: PullOptions<Row>): Declared<'pull'> {
  return declare('pull', name, (report) => build(name, options, report));
}

function build(name: string, options: unknown, report: Report): PullDefinition | undefined {
  const read = readOptions(OPTIONS, options, '', report);
  const facts = loadedFacts(read, report);
  const http = readHttp(read.http, report);
  if (facts === undefined || http === undefined) return undefined;
  return { kind: 'pull', name, ...facts, http, minRows: read.minRows ?? DEFAULTS.minRows };
}
