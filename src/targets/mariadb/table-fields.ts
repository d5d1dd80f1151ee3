import type { Field, TableDefinition } from '../../definition/definition.ts';
import { meaningOf } from '../../definition/field-types/index.ts';
import { COLLATION } from './collation.ts';

/** One table, as it is made and as it is compared: the only place that says what shape ours have. */
export type TableFields = {
  /** By column, what stands behind its name in CREATE TABLE, spelt as MariaDB shows it. */
  columns: Readonly<Record<string, string>>;
  /** By key, its columns: `PRIMARY: 'hour, sensor'`. */
  keys: Readonly<Record<string, string>>;
  engine: string;
  collation: string;
};

const KEPT = { engine: 'InnoDB', collation: COLLATION };

/** The two columns that say to which interval and load a row belongs; `SELECT *` omits them. */
const OF_A_LOAD = {
  _interval_start: "datetime NOT NULL DEFAULT '1970-01-01 00:00:00' INVISIBLE",
  _load_id: 'bigint(20) unsigned NOT NULL DEFAULT 0 INVISIBLE',
};

/**
 * The table that people read. Only key columns are NOT NULL: the row schema guards the others, so that a column can be
 * added to a table that has rows.
 */
export function tableFields({ fields, key }: TableDefinition): TableFields {
  return {
    columns: { ...declaredColumns(fields, key, key), ...OF_A_LOAD },
    keys: { PRIMARY: key.join(', '), _interval_start: '_interval_start' },
    ...KEPT,
  };
}

/**
 * The table in which rows wait for the checks; every declared column may be null there. Those of a load lie together, in the
 * order in which they came: they are read, and removed, as one piece.
 */
export function stagingFields({ fields, key }: TableDefinition): TableFields {
  return {
    columns: {
      ...declaredColumns(fields, key),
      _load_id: 'bigint(20) unsigned NOT NULL',
      _row_id: 'bigint(20) unsigned NOT NULL DEFAULT uuid_short()',
    },
    keys: { PRIMARY: '_load_id, _row_id' },
    ...KEPT,
  };
}

/** The columns of declared fields, by name. @param notNull which of them always hold a value: none unless told */
export function declaredColumns(
  fields: readonly Field[],
  key: readonly string[],
  notNull: readonly string[] = [],
): Record<string, string> {
  const columns = fields.map((field) => {
    const type = columnType(field, key.includes(field.name));
    return [field.name, `${type} ${notNull.includes(field.name) ? 'NOT NULL' : 'NULL'}`] as const;
  });
  return Object.fromEntries(columns);
}

/** MariaDB's type for a field. Text in a key has a length that an index can hold. */
export function columnType(field: Field, isKey: boolean): string {
  return meaningOf(field).mariadb.column(field, isKey);
}
