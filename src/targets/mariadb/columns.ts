import { identifier } from '../../clients/mariadb.ts';
import type { ExternalDefinition, TableDefinition } from '../../definition/definition.ts';
import { declaredColumns, stagingFields, tableFields, type TableFields } from './table-fields.ts';

/** What stands in the parentheses of CREATE TABLE for the table that people read. */
export function tableBody(definition: TableDefinition): string[] {
  return bodyOf(tableFields(definition));
}

/** The same of the table in which rows wait for the checks. */
export function stagingBody(definition: TableDefinition): string[] {
  return bodyOf(stagingFields(definition));
}

/** The same of a stand-in for somebody else's table, to check SQL against. */
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
