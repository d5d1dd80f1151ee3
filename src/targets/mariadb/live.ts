import type { Database, Row, Scalar } from '../../clients/mariadb.ts';
import type { Names } from '../../names.ts';
import type { LiveObject } from './objects.ts';
import { COLLATION } from './collation.ts';
import { MAY_NOT_READ, MAY_READ, schemaObject } from './schema.ts';
import type { TableFields } from './table-fields.ts';

/** The logins through which MariaDB is asked; plan has lesser ones than apply. */
export interface Logins {
  /** Sees the tables of both schemas. */
  tables: Database;
  /** Superset's user, who sees the views' text. */
  reader: Database;
}

/** Everything that stands in the env's schema, with the staging tables beside it. */
export async function liveObjects(
  { tables: on, reader }: Logins,
  names: Names,
): Promise<ReadonlyMap<string, LiveObject>> {
  const schemas = [names.schema, names.storeSchema];
  const whole = await on.query(TABLES, schemas);
  const columns = byTable(await on.query(COLUMNS, schemas));
  const keys = byTable(await on.query(KEYS, schemas));
  const texts = byTable(await reader.query(VIEWS, [names.schema]));
  const live = new Map<string, LiveObject>();
  const tableOf = (schema: string, table: string): TableFields | undefined => {
    const row = whole.find((one) => one['s'] === schema && one['t'] === table && one['kind'] !== 'VIEW');
    const place = `${schema}.${table}`;
    return row && fieldsOf(row, columns.get(place) ?? [], keys.get(place) ?? []);
  };
  const inOrder = whole.filter(({ s }) => s === names.schema).sort(viewsLast);
  for (const row of inOrder) {
    const table = String(row['t']);
    const place = `${names.schema}.${table}`;
    if (row['kind'] === 'VIEW') live.set(table, viewOf(texts.get(place)?.[0], columns.get(place) ?? []));
    else {
      const staging = tableOf(names.storeSchema, names.stagingTable(table));
      const fields = { ...tableOf(names.schema, table), ...(staging ? { staging } : {}) };
      live.set(table, { kind: 'table', fields, holdsData: true });
    }
  }
  const [schema] = await on.query(SCHEMA, [names.schema]);
  const [seen] = await reader.query(SCHEMA, [names.schema]);
  if (schema !== undefined) {
    const fields = { collation: schema['collation'], reader: seen === undefined ? MAY_NOT_READ : MAY_READ };
    live.set(schemaObject(names), { kind: 'schema', fields, mark: 'ours' });
  }
  return live;
}

/** What is retired goes in the reverse order: a view before the tables that it reads. */
function viewsLast(a: Row, b: Row): number {
  return Number(a['kind'] === 'VIEW') - Number(b['kind'] === 'VIEW');
}

/** A view's text as MariaDB wrote it, and its columns. */
export function viewOf(row: Row | undefined, columns: Row[]): LiveObject {
  const types = columns.map((column) => [String(column['name']), String(column['type'])]);
  return {
    kind: 'view',
    fields: {
      security: textOf(row?.['security']),
      body: textOf(row?.['body']),
      columns: Object.fromEntries(types) as Record<string, string>,
    },
  };
}

/** A view and its columns alone: what MariaDB made of it just now. */
export async function oneView(on: Database, schema: string, view: string): Promise<LiveObject> {
  const only: Scalar[] = [schema, view];
  const [row] = await on.query(`${VIEWS} AND table_name = ?`, only);
  const columns = await on.query(
    COLUMNS.replace('IN (?, ?)', '= ?').replace('ORDER', 'AND table_name = ? ORDER'),
    only,
  );
  return viewOf(row, columns);
}

const TABLES = `SELECT table_schema AS s, table_name AS t, table_type AS kind, engine, table_collation AS collation
  FROM information_schema.tables WHERE table_schema IN (?, ?)`;
const COLUMNS = `SELECT table_schema AS s, table_name AS t, column_name AS name, column_type AS type,
    is_nullable AS nullable, column_default AS value, extra, collation_name AS collation
  FROM information_schema.columns WHERE table_schema IN (?, ?) ORDER BY ordinal_position`;
const KEYS = `SELECT table_schema AS s, table_name AS t, index_name AS name, column_name AS col
  FROM information_schema.statistics WHERE table_schema IN (?, ?) ORDER BY index_name, seq_in_index`;
const VIEWS = `SELECT table_schema AS s, table_name AS t, view_definition AS body, security_type AS security
  FROM information_schema.views WHERE table_schema = ?`;
const SCHEMA = `SELECT default_collation_name AS collation FROM information_schema.schemata WHERE schema_name = ?`;

function byTable(rows: Row[]): Map<string, Row[]> {
  const tables = new Map<string, Row[]>();
  for (const row of rows) {
    const table = `${String(row['s'])}.${String(row['t'])}`;
    const known = tables.get(table);
    if (known === undefined) tables.set(table, [row]);
    else known.push(row);
  }
  return tables;
}

function fieldsOf(table: Row, columns: Row[], keys: Row[]): TableFields {
  const listed: Record<string, string> = {};
  for (const { name, col } of keys) {
    const before = listed[String(name)];
    listed[String(name)] = before === undefined ? String(col) : `${before}, ${String(col)}`;
  }
  return {
    columns: Object.fromEntries(columns.map((column) => [String(column['name']), columnText(column)])),
    keys: listed,
    engine: String(table['engine']),
    collation: String(table['collation']),
  };
}

/** As `table-fields.ts` says a column. */
function columnText({ type, nullable, value, extra, collation }: Row): string {
  return [
    type,
    collation === null || collation === COLLATION ? '' : `COLLATE ${textOf(collation)}`,
    nullable === 'YES' ? 'NULL' : 'NOT NULL',
    value === null || value === 'NULL' ? '' : `DEFAULT ${textOf(value)}`,
    extra,
  ]
    .filter((part) => part !== '')
    .join(' ');
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
