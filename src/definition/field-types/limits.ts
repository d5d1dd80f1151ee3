import type { z } from 'zod';
import type { FieldFacts } from './field-facts.ts';

/** The bounds of a number, added to its schema. */
export function bounded(bare: z.ZodNumber, field: FieldFacts): z.ZodNumber {
  let schema = bare;
  if (field.min !== undefined) schema = schema.min(field.min);
  if (field.max !== undefined) schema = schema.max(field.max);
  if (field.exclusiveMin !== undefined) schema = schema.gt(field.exclusiveMin);
  if (field.exclusiveMax !== undefined) schema = schema.lt(field.exclusiveMax);
  return schema;
}

/**
 * What a field accepts, with its limits: `a text (at most 5 characters)`.
 * @param unit of the bounds, with a blank before it
 */
export function withLimits(base: string, field: FieldFacts, unit = ''): string {
  const limits = [
    field.min === undefined ? '' : `at least ${field.min}${unit}`,
    field.exclusiveMin === undefined ? '' : `more than ${field.exclusiveMin}`,
    field.max === undefined ? '' : `at most ${field.max}${unit}`,
    field.exclusiveMax === undefined ? '' : `less than ${field.exclusiveMax}`,
    field.pattern === undefined ? '' : `matching /${field.pattern}/`,
  ].filter((limit) => limit !== '');
  return limits.length === 0 ? base : `${base} (${limits.join(', ')})`;
}
