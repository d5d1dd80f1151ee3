import { identifier } from '../../clients/mariadb.ts';
import type { ExternalDefinition, TableDefinition } from '../../definition/definition.ts';
import { declaredColumns, tableFields, type TableFields } from './table-fields.ts';

/** What stands behind the name in CREATE TABLE, so that the table has these fields. */
export function tableText(fields: TableFields): string {
  return `(${bodyOf(fields).join(', ')}) ENGINE=${fields.engine} ${collationText(fields)}`;
}

/** How a table compares text, as CREATE and ALTER TABLE say it. */
export function collationText({ collation }: Pick<TableFields, 'collation'>): string {
  return `DEFAULT CHARSET utf8mb4 COLLATE ${collation}`;
}

/** The columns and keys alone of the table that people read, to check SQL against. */
export function tableBody(definition: TableDefinition): string[] {
  return bodyOf(tableFields(definition));
}

/** The same of a stand-in for somebody else's table. */
export function externalBody({ fields }: ExternalDefinition): string[] {
  return bodyOf({ columns: declaredColumns(fields, []), keys: {} });
}

function bodyOf({ columns, keys }: Pick<TableFields, 'columns' | 'keys'>): string[] {
  return [
    ...Object.entries(columns).map(([name, column]) => `${identifier(name)} ${column}`),
    ...Object.entries(keys).map(([name, listed]) => keyClause(name, listed)),
  ];
}

/** A key as CREATE and ALTER TABLE say it. @param listed its columns, as `TableFields` has them */
export function keyClause(name: string, listed: string): string {
  const columns = listed.split(', ').map((column) => identifier(column));
  const kind = name === 'PRIMARY' ? 'PRIMARY KEY' : `KEY ${identifier(name)}`;
  return `${kind} (${columns.join(', ')})`;
}
