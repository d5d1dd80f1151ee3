import { identifier, type Column, type Database } from '../clients/mariadb.ts';
import { readsOf, type Definition, type SqlPart } from '../definition/definition.ts';
import { renderSql } from '../definition/render.ts';
import type { TableRow } from '../definition/table-row.ts';
import type { Names } from '../names.ts';

/** With what tables are read. */
export interface Tables {
  db: Database;
  names: Names;
  /** What is applied under a name. */
  definitionOf: (name: string) => Promise<Definition>;
}

/**
 * The rows that MariaDB SQL over definitions gives: whole numbers that JavaScript holds exactly, and
 * doubles, as such, times as RFC 3339, all else as text.
 *
 * @param limit no more rows than this are read
 * @throws MARIADB_REFUSED of bad SQL · what `definitionOf` throws
 */
export async function tableRows(
  { db, names, definitionOf }: Tables,
  sql: readonly SqlPart[],
  limit: number,
): Promise<TableRow[]> {
  const places = new Map<string, string>();
  for (const name of readsOf([...sql])) {
    const definition = await definitionOf(name);
    const schema = definition.kind === 'external' ? definition.schema : undefined;
    places.set(name, identifier(schema ?? names.schema, name));
  }
  const text = renderSql(sql, { read: (name) => places.get(name) ?? identifier(name) });
  const { columns, rows } = await db.select(`SELECT * FROM (${text}\n) AS table_rows LIMIT ${limit}`);
  return rows.map((row) =>
    Object.fromEntries(columns.map((column) => [column.name, valueOf(row[column.name], column)])),
  );
}

/** The client gives numbers, texts and bytes. */
function valueOf(value: unknown, { kind }: Column): string | number | null {
  if (value === null || value === undefined) return null;
  const text = Buffer.isBuffer(value) ? value.toString('hex') : `${value as string | number}`;
  if (kind === 'number' && String(Number(text)) === text) return Number(text);
  return kind === 'instant' ? `${text.replace(' ', 'T')}Z` : text;
}
