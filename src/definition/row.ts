import { MillraceError } from '../errors.ts';
import type { Field } from './definition.ts';
import { meaningOf } from './field-types/index.ts';
import type { StoredValue } from './field-types/meaning.ts';
import { shown } from '../wording.ts';

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
 * @throws ROW_INVALID for a value that no validator passes, such as a list or an object
 */
export function storedValue(field: Field, value: unknown): StoredValue {
  if (value === undefined || value === null) return null;
  const stored = meaningOf(field).mariadb.stored(value, field);
  if (stored !== undefined) return stored;
  throw new MillraceError(
    'ROW_INVALID',
    `${field.name}: ${shown(value)} cannot be stored; validate the row first.`,
  );
}
