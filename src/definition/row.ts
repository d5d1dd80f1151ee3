import { MillraceError } from '../errors.ts';
import type { Field } from './definition.ts';
import { shown } from '../wording.ts';

/** What MariaDB is given for one column. */
export type StoredValue = string | number | null;

/**
 * The values of a validated row in the order of `fields`, as MariaDB stores them: timestamps as UTC text
 * `2026-01-31 05:00:00.000` (finer than a millisecond is cut), dates as `2026-01-31`, booleans as 1 and 0, what is
 * absent as null.
 *
 * @param row a value that the validator of the same fields has passed
 */
export function storedRow(fields: readonly Field[], row: Readonly<Record<string, unknown>>): StoredValue[] {
  return fields.map((field) => storedValue(field, row[field.name]));
}

/**
 * One value of a validated row as MariaDB stores it; see {@link storedRow}.
 *
 * @throws ROW_INVALID for a list or an object, which no validator passes
 */
export function storedValue(field: Field, value: unknown): StoredValue {
  if (value === undefined || value === null) return null;
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (typeof value === 'number') return value;
  if (typeof value !== 'string') {
    throw new MillraceError(
      'ROW_INVALID',
      `${field.name}: ${shown(value)} cannot be stored; validate the row first.`,
    );
  }
  return field.type === 'timestamp' ? new Date(value).toISOString().slice(0, 23).replace('T', ' ') : value;
}
