import { z } from 'zod';
import type { PullDefinition } from '../definition/definition.ts';
import { DEFAULTS } from '../definition/kinds.ts';
import { declare, type Declared, type Report } from './declared.ts';
import { TABLE, tableFacts, type TableOptions } from './table.ts';
import { readOneOf, type Alternative, type OneOf, type OptionsOf } from './one-of.ts';
import { readOptions, wholeNumber } from './options.ts';

/** The kinds of source that a pull may have, by the key of their options. */
type Sources = Readonly<Record<string, Alternative>>;

/** A table, and exactly one source. */
export type PullOptions<Row extends z.ZodObject, Kinds extends Sources> = OneOf<OptionsOf<Kinds>> &
  TableOptions<Row> & {
    /** Fewer rows than this in an interval fail the load. Default 1: an empty answer is suspicious; 0 accepts it. */
    minRows?: number;
  };

const OPTIONS = { ...TABLE, minRows: wholeNumber(0, 1_000_000_000, 'a number such as 1').optional() };

/** The vocabulary's `pull` for these kinds of source. */
export function pullFrom<Kinds extends Sources>(sources: Kinds) {
  return <Row extends z.ZodObject>(name: string, options: PullOptions<Row, Kinds>): Declared<'pull'> =>
    declare('pull', name, (report) => build(name, options, sources, report));
}

function build(
  name: string,
  options: object | undefined,
  sources: Sources,
  report: Report,
): PullDefinition | undefined {
  const itsSource = Object.fromEntries(Object.keys(sources).map((key) => [key, z.unknown()]));
  const read = readOptions({ ...OPTIONS, ...itsSource }, options, '', report);
  const facts = tableFacts(read, report);
  const source = readOneOf(sources, options ?? {}, '', report);
  if (facts === undefined || source === undefined) return undefined;
  return {
    kind: 'pull',
    name,
    ...facts,
    ...{ [source.name]: source.facts },
    minRows: read.minRows ?? DEFAULTS.minRows,
  };
}
