import { z } from 'zod';
import type { Field } from './definition.ts';
import { meaningOf } from './field-types/index.ts';
import { recordReader, type Reading } from './read-record.ts';
import { shown } from '../wording.ts';

export type Validation = { ok: true; value: Record<string, unknown> } | { ok: false; problems: string[] };

/** Says whether a value out of JSON is a row or event of the compiled fields. Never throws. */
export type Validator = (value: unknown) => Validation;

/** A value can be wrong in every field; a dead letter or a failure need not say so for all of them. */
const MAX_PROBLEMS = 10;

/**
 * Compiles the fields of a definition into a fast check of events and rows.
 *
 * The value given back holds the declared fields alone. A problem names the field, the place in the record where it is
 * another, the value received (at most 80 characters of it) and what was expected: `delayMin: 'NA' received, expected a
 * number`.
 *
 * @param reading how a record writes its values, where that is not as JSON does
 */
export function compileValidator(fields: readonly Field[], reading: Reading = {}): Validator {
  const schema = z.object(Object.fromEntries(fields.map((field) => [field.name, schemaOf(field)])));
  const byName = new Map(fields.map((field) => [field.name, field]));
  const read = recordReader(fields, reading);
  return (value) => {
    const record = read(value);
    const parsed = schema.safeParse(record);
    if (parsed.success) return { ok: true, value: parsed.data };
    return { ok: false, problems: problemsOf(parsed.error, record, byName) };
  };
}

/** The zod schema of one field. */
function schemaOf(field: Field): z.ZodType {
  let schema = meaningOf(field).judge(field);
  if (field.nullable) schema = schema.nullable();
  if (field.optional) schema = schema.optional();
  return schema;
}

function problemsOf(error: z.ZodError, value: unknown, byName: Map<string, Field>): string[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return [`${shown(value)} received, expected an object`];
  }
  const names = new Set(error.issues.map((issue) => String(issue.path[0])));
  return [...names].slice(0, MAX_PROBLEMS).map((name) => {
    const received = Object.hasOwn(value, name) ? `${shown(Reflect.get(value, name))} received` : 'missing';
    const field = byName.get(name);
    const place = field?.at === undefined ? name : `${name} (at ${shown(field.at)})`;
    return `${place}: ${received}, expected ${field === undefined ? 'nothing' : expectation(field)}`;
  });
}

/** What a field accepts, in words. */
function expectation(field: Field): string {
  const text = meaningOf(field).expects(field);
  return field.nullable ? `${text} or null` : text;
}
