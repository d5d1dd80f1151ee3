import type { TableDefinition } from '../../definition/definition.ts';
import { columnType } from './columns.ts';
import { COLLATION } from './schema.ts';

/** One table as it is compared. */
export type TableFields = {
  /** By column, what stands behind its name in CREATE TABLE. */
  columns: Readonly<Record<string, string>>;
  /** By key, its columns: `PRIMARY: 'hour, sensor'`. */
  keys: Readonly<Record<string, string>>;
  engine: string;
  collation: string;
};

const KEPT = { engine: 'InnoDB', collation: COLLATION };

/** The two columns that say to which interval and load a row belongs, as MariaDB writes them. */
const OF_A_LOAD = {
  _interval_start: "datetime NOT NULL DEFAULT '1970-01-01 00:00:00' INVISIBLE",
  _load_id: 'bigint(20) unsigned NOT NULL DEFAULT 0 INVISIBLE',
};

/** The table that people read. */
export function tableFields({ fields, key }: TableDefinition): TableFields {
  const columns = fields.map((field) => {
    const isKey = key.includes(field.name);
    return [field.name, `${columnType(field, isKey)} ${isKey ? 'NOT NULL' : 'NULL'}`];
  });
  return {
    columns: { ...(Object.fromEntries(columns) as Record<string, string>), ...OF_A_LOAD },
    keys: { PRIMARY: key.join(', '), _interval_start: '_interval_start' },
    ...KEPT,
  };
}

/** The table in which rows wait for the checks; every column may be null there. */
export function stagingFields({ fields, key }: TableDefinition): TableFields {
  const columns = fields.map((field) => [field.name, `${columnType(field, key.includes(field.name))} NULL`]);
  return {
    columns: {
      ...(Object.fromEntries(columns) as Record<string, string>),
      _load_id: 'bigint(20) unsigned NOT NULL',
    },
    keys: { _load_id: '_load_id' },
    ...KEPT,
  };
}
