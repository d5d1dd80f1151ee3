import { identifier } from '../../clients/mariadb.ts';
import { collationText, keyClause } from './columns.ts';
import { COLLATION } from './collation.ts';
import type { TableFields } from './table-fields.ts';

/**
 * What ALTER TABLE must do so that a table has every field that is desired; [] where it has. Columns and keys that
 * are not ours stay.
 */
export function alterClauses(desired: TableFields, live: TableFields): string[] {
  const options = [
    ...(desired.engine === live.engine ? [] : [`ENGINE=${desired.engine}`]),
    ...(desired.collation === live.collation ? [] : [collationText(desired)]),
  ];
  return [
    ...options,
    ...Object.entries(desired.columns).flatMap(([name, column]) =>
      columnClauses(name, column, Object.hasOwn(live.columns, name) ? live.columns[name] : undefined),
    ),
    ...Object.entries(desired.keys).flatMap(([name, columns]) => keyClauses(name, columns, live.keys[name])),
  ];
}

function columnClauses(name: string, column: string, live: string | undefined): string[] {
  if (live === column) return [];
  // Without a word the table's own collation counts, which this very statement may be about to change.
  const text = column.replace(
    /^((?:var)?char\(\d+\)|\w*text)/,
    `$1 CHARACTER SET utf8mb4 COLLATE ${COLLATION}`,
  );
  const verb = live === undefined ? 'ADD COLUMN IF NOT EXISTS' : 'MODIFY COLUMN';
  return [`${verb} ${identifier(name)} ${text}`];
}

function keyClauses(name: string, columns: string, live: string | undefined): string[] {
  if (live === columns) return [];
  const dropped = name === 'PRIMARY' ? 'PRIMARY KEY' : `KEY ${identifier(name)}`;
  return [...(live === undefined ? [] : [`DROP ${dropped}`]), `ADD ${keyClause(name, columns)}`];
}
