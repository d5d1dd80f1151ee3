import { ExactNumber } from '../exact-number.ts';
import type { Field } from './definition.ts';
import { meaningOf } from './field-types/index.ts';
import { columnNamed } from './table-row.ts';
import { valueAt } from './value-at.ts';

/** How records write their values, where that is not as JSON does. */
export interface Reading {
  /** Every value is a text or null, as in CSV: a field's type says what it means. */
  isText?: boolean;
  /** Texts that mean that there is no value. */
  nulls?: readonly string[];
}

/**
 * Makes what takes a record's values from where they stand to the names of their fields, as the types' judges want them.
 * What is no object is given back as it is.
 */
export function recordReader(fields: readonly Field[], reading: Reading): (record: unknown) => unknown {
  const readers = fields.map((field) => ({ name: field.name, read: fieldReader(field, reading) }));
  // Most records are taken as they are.
  const isPlain = fields.every(({ at }) => at === undefined) && !mayRewrite(fields, reading);
  if (isPlain) return (record) => record;
  return (record) => {
    if (typeof record !== 'object' || record === null || Array.isArray(record)) return record;
    const taken: Record<string, unknown> = {};
    for (const { name, read } of readers) {
      const value = read(record);
      if (value !== undefined) taken[name] = value;
    }
    return taken;
  };
}

/** May a value mean something else than JSON says? */
function mayRewrite(fields: readonly Field[], { isText = false, nulls = [] }: Reading): boolean {
  return isText || nulls.length > 0 || fields.some((field) => meaningOf(field).isExact === true);
}

function fieldReader(field: Field, { isText = false, nulls = [] }: Reading): (record: object) => unknown {
  const { name, at } = field;
  const { isExact = false } = meaningOf(field);
  const missing = new Set(nulls);
  // What stands in a column of a table means what the type of the field says, and what it means to the API does not count.
  const isOfTable = columnNamed(at ?? '') !== undefined;
  const isTyped = isText || isOfTable;
  const nothing = field.optional && !field.nullable ? undefined : null;
  return (record) => {
    const value = at === undefined ? ownValue(record, name) : valueAt(record, at);
    if (typeof value === 'string' && !isOfTable && missing.has(value)) return nothing;
    // A heading that is not there is no value that is missing: all of its column would be empty without a word.
    if (isTyped && value !== undefined) return textMeaning(field, value) ?? nothing;
    // Read without loss for a field beside this one, which takes what JavaScript makes of it.
    return value instanceof ExactNumber && !isExact ? Number(value.text) : value;
  };
}

function ownValue(record: object, name: string): unknown {
  return Object.hasOwn(record, name) ? (Reflect.get(record, name) as unknown) : undefined;
}

/** The text itself where it is none of the type: the judge refuses it, and the message shows it. */
function textMeaning(field: Field, value: unknown): unknown {
  // Nothing stands between two delimiters. Where there must be a value, that is the empty text.
  if (value === null) return field.nullable || field.optional ? null : '';
  if (typeof value !== 'string') return value;
  return meaningOf(field).fromText?.(value) ?? value;
}
