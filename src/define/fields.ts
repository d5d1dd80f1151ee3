import type { z } from 'zod';
import type { Report } from './declared.ts';
import type { Field } from '../definition/definition.ts';
import { columnNameProblem } from './column-name.ts';
import { readChecks, refuseChecks, type Check } from './field-checks.ts';

const ALLOWED = 'z.string(), z.enum(), z.int(), z.number(), z.boolean(), z.iso.datetime() and z.iso.date()';

/** Why each refused wrapper is refused, in the words of its remedy. */
const WRAPPER_REMEDY: Record<string, string> = {
  default: 'a default would invent values; use .nullable() or .optional()',
  prefault: 'a default would invent values; use .nullable() or .optional()',
  catch: 'a fallback would hide bad values; leave it out',
  pipe: 'a transform is code, and a schema is data; leave it out and convert in SQL',
  transform: 'a transform is code, and a schema is data; leave it out and convert in SQL',
  readonly: 'leave .readonly() out',
  object: 'columns are flat; give each inner value a field of its own',
  array: 'columns are flat; leave the list out or send one record per element',
  union: 'a column has one type; choose one',
  literal: 'use z.enum([…])',
  date: 'use z.iso.datetime()',
  bigint: 'use z.int()',
};

/**
 * The fields of a row or event schema: a closed subset of zod that maps to column types.
 *
 * Everything else is reported under `path`, as `row.windKph`, with what to write instead.
 */
export function fieldsOf(schema: z.core.$ZodType, path: string, report: Report): Field[] {
  const def = defOf(schema);
  if (def.type !== 'object') {
    report(path, `z.${def.type}() is not an object; write z.object({ … }).`);
    return [];
  }
  if (def.catchall !== undefined) report(path, 'is strict, loose or has a catch-all; write z.object({ … }).');
  if ((def.checks ?? []).length > 0)
    report(path, 'has a refine, which is code; leave it out and filter in SQL.');
  const entries = Object.entries(def.shape ?? {});
  if (entries.length === 0) report(path, 'has no fields; name at least one.');
  const seen = new Map<string, string>();
  return entries.map(([name, inner]) => {
    const complain: Report = (_path, text) => report(`${path}.${name}`, text);
    const problem = columnNameProblem(name, seen);
    if (problem !== undefined) complain('', problem);
    return fieldOf(name, inner, complain);
  });
}

/** What this module reads of a zod schema's own description of itself. */
interface Def {
  type: string;
  format?: string;
  coerce?: boolean;
  catchall?: unknown;
  shape?: Record<string, z.core.$ZodType>;
  innerType?: z.core.$ZodType;
  entries?: Record<string, string | number>;
  checks?: Check[];
  offset?: boolean;
  local?: boolean;
  precision?: number | null;
}

function fieldOf(name: string, schema: z.core.$ZodType, report: Report): Field {
  let def = defOf(schema);
  const field: Field = { name, type: 'text', nullable: false, optional: false };
  while (def.innerType !== undefined && (def.type === 'nullable' || def.type === 'optional')) {
    field[def.type] = true;
    def = defOf(def.innerType);
  }
  if (def.coerce) report('', 'z.coerce would guess; write the type that the source really sends.');
  readType(field, def, report);
  return field;
}

function readType(field: Field, def: Def, report: Report): void {
  if (def.type === 'string' && def.format === undefined) return readChecks(field, def.checks, report);
  if (def.type === 'string' && def.format === 'datetime') return readTimestamp(field, def, report);
  if (def.type === 'string' && def.format === 'date') {
    field.type = 'date';
    return refuseChecks(def.checks, report);
  }
  if (def.type === 'boolean') {
    field.type = 'boolean';
    return refuseChecks(def.checks, report);
  }
  if (def.type === 'number' && (def.format === undefined || def.format === 'safeint')) {
    field.type = def.format === undefined ? 'number' : 'integer';
    return readChecks(field, def.checks, report);
  }
  if (def.type === 'enum') return readEnum(field, def, report);
  const remedy = def.format === undefined ? WRAPPER_REMEDY[def.type] : FORMAT_REMEDY[def.type];
  const refused = def.format === undefined ? `z.${def.type}()` : `z.${def.format}()`;
  report('', `${refused} has no column type; ${remedy ?? `the types are ${ALLOWED}`}.`);
}

const FORMAT_REMEDY: Record<string, string> = {
  string: 'use z.string(), with .regex() if need be',
  number: 'use z.number(), or z.int() with .min() and .max()',
};

function readTimestamp(field: Field, def: Def, report: Report): void {
  field.type = 'timestamp';
  if (def.offset) field.offset = true;
  if (def.local) report('', 'local: true allows times without a zone, which name no instant; leave it out.');
  if (typeof def.precision === 'number') report('', `precision: ${def.precision} is not kept; leave it out.`);
  refuseChecks(def.checks, report);
}

function readEnum(field: Field, def: Def, report: Report): void {
  const values = Object.values(def.entries ?? {});
  const texts = values.filter((value) => typeof value === 'string');
  if (texts.length === 0 || texts.length < values.length) {
    report('', 'z.enum() needs a list of texts, at least one; use z.int() for numbers.');
  }
  field.values = texts;
  refuseChecks(def.checks, report);
}

function defOf(schema: z.core.$ZodType): Def {
  return schema._zod.def;
}
