import { z } from 'zod';
import type { Field } from './definition.ts';
import { shown } from '../wording.ts';

export type Validation = { ok: true; value: Record<string, unknown> } | { ok: false; problems: string[] };

/** Says whether a value out of JSON is a row or event of the compiled fields. Never throws. */
export type Validator = (value: unknown) => Validation;

/** A value can be wrong in every field; a dead letter or a failure need not say so for all of them. */
const MAX_PROBLEMS = 10;

const EARLIEST_DATE = '1000-01-01';
const EARLIEST_MS = Date.parse('1000-01-01T00:00:00Z');
const LATEST_MS = Date.parse('9999-12-31T23:59:59.999Z');

/**
 * Compiles the fields of a definition into a fast check of events and rows.
 *
 * The value given back holds the declared fields alone. A problem names the field, the value received (at most 80
 * characters of it) and what was expected: `delayMin: 'NA' received, expected a number`.
 */
export function compileValidator(fields: readonly Field[]): Validator {
  const schema = z.object(Object.fromEntries(fields.map((field) => [field.name, schemaOf(field)])));
  const byName = new Map(fields.map((field) => [field.name, field]));
  return (value) => {
    const parsed = schema.safeParse(value);
    if (parsed.success) return { ok: true, value: parsed.data };
    return { ok: false, problems: problemsOf(parsed.error, value, byName) };
  };
}

/** The zod schema of one field. */
function schemaOf(field: Field): z.ZodType {
  let schema: z.ZodType = bareSchemaOf(field);
  if (field.nullable) schema = schema.nullable();
  if (field.optional) schema = schema.optional();
  return schema;
}

function bareSchemaOf(field: Field): z.ZodType {
  switch (field.type) {
    case 'text':
      return field.values === undefined ? textSchema(field) : z.enum(field.values);
    case 'integer':
      return numberSchema(z.int(), field);
    case 'number':
      return numberSchema(z.number(), field);
    case 'boolean':
      return z.boolean();
    case 'timestamp':
      return z.iso.datetime({ offset: field.offset ?? false }).refine(isStorableInstant);
    case 'date':
      return z.iso.date().refine((date) => date >= EARLIEST_DATE);
  }
}

function textSchema(field: Field): z.ZodType {
  let schema = z.string();
  if (field.min !== undefined) schema = schema.min(field.min);
  if (field.max !== undefined) schema = schema.max(field.max);
  return field.pattern === undefined ? schema : schema.regex(new RegExp(field.pattern));
}

function numberSchema(bare: z.ZodNumber, field: Field): z.ZodType {
  let schema = bare;
  if (field.min !== undefined) schema = schema.min(field.min);
  if (field.max !== undefined) schema = schema.max(field.max);
  if (field.exclusiveMin !== undefined) schema = schema.gt(field.exclusiveMin);
  if (field.exclusiveMax !== undefined) schema = schema.lt(field.exclusiveMax);
  return schema;
}

/** MariaDB's DATETIME reaches from year 1000 to 9999, in UTC. */
function isStorableInstant(text: string): boolean {
  const ms = Date.parse(text);
  return ms >= EARLIEST_MS && ms <= LATEST_MS;
}

function problemsOf(error: z.ZodError, value: unknown, byName: Map<string, Field>): string[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return [`${shown(value)} received, expected an object`];
  }
  const names = new Set(error.issues.map((issue) => String(issue.path[0])));
  return [...names].slice(0, MAX_PROBLEMS).map((name) => {
    const received = Object.hasOwn(value, name) ? `${shown(Reflect.get(value, name))} received` : 'missing';
    const field = byName.get(name);
    return `${name}: ${received}, expected ${field === undefined ? 'nothing' : expectation(field)}`;
  });
}

const TYPE_WORDS = {
  text: 'a text',
  integer: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
  timestamp: "a timestamp such as '2026-01-31T05:00:00Z'",
  date: "a date such as '2026-01-31'",
} as const;

/** What a field accepts, in words. */
function expectation(field: Field): string {
  const unit = field.type === 'text' ? ' characters' : '';
  const limits = [
    field.min === undefined ? '' : `at least ${field.min}${unit}`,
    field.exclusiveMin === undefined ? '' : `more than ${field.exclusiveMin}`,
    field.max === undefined ? '' : `at most ${field.max}${unit}`,
    field.exclusiveMax === undefined ? '' : `less than ${field.exclusiveMax}`,
    field.pattern === undefined ? '' : `matching /${field.pattern}/`,
  ].filter((limit) => limit !== '');
  const base =
    field.values === undefined
      ? TYPE_WORDS[field.type]
      : `one of ${field.values.map((v) => `'${v}'`).join(', ')}`;
  const text = limits.length === 0 ? base : `${base} (${limits.join(', ')})`;
  return field.nullable ? `${text} or null` : text;
}
