import { z } from 'zod';
import { columnNameProblem } from './column-name.ts';
import { declare, type Declared, type Report } from './declared.ts';
import type { ExternalDefinition } from '../definition/definition.ts';
import { FIELD_TYPES, UNREAD, type FieldType } from '../definition/field-types/index.ts';
import type { TypeMeaning } from '../definition/field-types/meaning.ts';
import { COMMON, commonFacts, readOptions, text, wants, type CommonOptions } from './options.ts';
import { didYouMean, shown } from '../wording.ts';

export interface ExternalOptions extends CommonOptions {
  /** The columns that views use, with their types. */
  columns: Record<string, FieldType>;
  /** The MariaDB schema that holds the table. Default: the env's own. In another, apply lets Superset's user read it. */
  schema?: string;
}

const TYPES = FIELD_TYPES.filter((type: TypeMeaning) => !type.isOnWire).map(({ name }) => name);
const EXAMPLE = `{ carrier: '${FIELD_TYPES[0].name}' }`;

const OPTIONS = {
  ...COMMON,
  columns: z.record(z.string(), z.unknown(), wants('an object of columns', EXAMPLE)),
  schema: text('the name of a MariaDB schema')
    .regex(
      /^[A-Za-z0-9_$-]{1,64}$/,
      wants('the name of a schema', "letters, digits, '_', '$' and '-', at most 64"),
    )
    .optional(),
};

/**
 * Declares a table that is the team's own or another program's: millrace reads it and never touches it.
 *
 * @example
 * export const currencies = external('currencies', { columns: { currency: 'text', name: 'text' } });
 */
export function external(name: string, options: ExternalOptions): Declared<'external'> {
  return declare('external', name, (report) => build(name, options, report));
}

function build(name: string, options: unknown, report: Report): ExternalDefinition | undefined {
  const read = readOptions(OPTIONS, options, '', report);
  if (read.columns === undefined) return undefined;
  const columns = Object.entries(read.columns);
  if (columns.length === 0) report('columns', `is empty; name at least one column, such as ${EXAMPLE}.`);
  const seen = new Map<string, string>();
  const fields = columns.map(([column, type]) => {
    const problem = columnNameProblem(column, seen);
    if (problem !== undefined) report(`columns.${column}`, problem);
    return { name: column, type: typeOf(column, type, report), nullable: true, optional: false };
  });
  const schema = read.schema === undefined ? {} : { schema: read.schema };
  return { kind: 'external', name, ...commonFacts(read), ...schema, fields };
}

function typeOf(column: string, type: unknown, report: Report): FieldType {
  const known = TYPES.find((candidate) => candidate === type);
  if (known !== undefined) return known;
  const remedy = didYouMean(String(type), TYPES) || `use ${TYPES.map((name) => `'${name}'`).join(', ')}.`;
  report(`columns.${column}`, `${shown(type)} is not a type; ${remedy}`);
  return UNREAD;
}
