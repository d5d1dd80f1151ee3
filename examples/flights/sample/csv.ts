import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'csv-parse/sync';
import { z } from 'zod';

/** A column of text; the sample writes a missing value as `NA`. */
export const text = z.string().transform((value) => (value === 'NA' ? null : value));

/** A column of numbers; null where the sample has none. */
export const number = z
  .string()
  .transform((value) => (value === 'NA' ? null : Number(value)))
  .refine((value) => value === null || Number.isFinite(value), 'is not a number');

/**
 * Reads one CSV file of data/, every row checked and converted.
 *
 * @param name the file, such as `flights.csv`
 * @param schema of one row; columns that it does not name are dropped
 * @throws z.ZodError naming row and column
 */
export function readSample<Row>(name: string, schema: z.ZodType<Row>): Row[] {
  const content = readFileSync(path.join(import.meta.dirname, '..', 'data', name), 'utf8');
  return z.array(schema).parse(parse(content, { columns: true }));
}
