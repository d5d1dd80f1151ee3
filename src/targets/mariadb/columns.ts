import { identifier } from '../../clients/mariadb.ts';
import type { ExternalDefinition, Field, TableDefinition } from '../../definition/definition.ts';
import { meaningOf } from '../../definition/field-types/index.ts';

/** MariaDB's type for a field. Text in a key has a length that an index can hold. */
export function columnType(field: Field, isKey: boolean): string {
  return meaningOf(field).mariadb.column(field, isKey);
}

/**
 * One line of CREATE TABLE per declared column. Only key columns are NOT NULL in the table: the row schema guards
 * the others, so that a column can be added to a table that has rows.
 */
export function columnLines({ fields, key }: Pick<TableDefinition, 'fields' | 'key'>): string[] {
  return fields.map((field) => columnLine(field, key.includes(field.name)));
}

export function columnLine(field: Field, isKey: boolean): string {
  return `${identifier(field.name)} ${columnType(field, isKey)} ${isKey ? 'NOT NULL' : 'NULL'}`;
}

/** The table that people read. Two columns say to which interval and load a row belongs; `SELECT *` omits them. */
export function tableBody(definition: TableDefinition): string[] {
  return [
    ...columnLines(definition),
    "`_interval_start` datetime NOT NULL DEFAULT '1970-01-01' INVISIBLE",
    '`_load_id` bigint(20) unsigned NOT NULL DEFAULT 0 INVISIBLE',
    `PRIMARY KEY (${definition.key.map((column) => identifier(column)).join(', ')})`,
    'KEY (`_interval_start`)',
  ];
}

/** The table in which rows wait for the checks; every column may be null there. */
export function stagingBody(definition: TableDefinition): string[] {
  return [
    ...definition.fields.map(
      (field) => `${identifier(field.name)} ${columnType(field, definition.key.includes(field.name))} NULL`,
    ),
    '`_load_id` bigint(20) unsigned NOT NULL',
    'KEY (`_load_id`)',
  ];
}

/** A stand-in for somebody else's table, to check SQL against. */
export function externalBody(definition: ExternalDefinition): string[] {
  return columnLines({ fields: definition.fields, key: [] });
}
