import { identifier, mariaDbErrno, type Database } from '../clients/mariadb.ts';
import type { LoadedDefinition, ViewDefinition } from '../definition/definition.ts';
import { contentHash } from '../definition/hash.ts';
import { MillraceError } from '../errors.ts';
import type { Names } from '../names.ts';
import { columnLine, columnType, stagingBody, tableBody } from './columns.ts';
import { CLAIMED, type Change, type Ownership } from './desired.ts';
import { viewSql } from './view-sql.ts';
import type { Definition } from '../definition/definition.ts';

const OPTIONS = 'ENGINE=InnoDB DEFAULT CHARSET utf8mb4 COLLATE utf8mb4_nopad_bin';

interface MariaDbTarget {
  admin: Database;
  names: Names;
  ownership: Ownership;
  /** Superset's user, who may read the env's schema and no other. */
  reader: string;
}

/** Makes the schema that people read, and lets the reader in. */
export async function ensureSchema({
  admin,
  names,
  reader,
}: Omit<MariaDbTarget, 'ownership'>): Promise<void> {
  const [exists] = await admin.query('SELECT 1 FROM information_schema.schemata WHERE schema_name = ?', [
    names.schema,
  ]);
  if (exists) return;
  const schema = identifier(names.schema);
  await grantReader(admin, schema, reader);
  await admin.execute(`CREATE DATABASE ${schema} DEFAULT CHARSET utf8mb4 COLLATE utf8mb4_nopad_bin`);
}

/** Hosts under which the reader may be known: the native stack makes two, containers and most servers `%`. */
const READER_HOSTS = ['127.0.0.1', 'localhost', '%'];
/** ER_PASSWORD_NO_MATCH, ER_CANT_CREATE_USER_WITH_GRANT: the reader is not known under this host. */
const NO_SUCH_USER = new Set([1133, 1410]);

/** @throws MARIADB_REFUSED when the reader exists under none of the hosts */
async function grantReader(admin: Database, schema: string, reader: string): Promise<void> {
  let refusal: unknown;
  let granted = 0;
  for (const host of READER_HOSTS) {
    const account = `'${reader.replaceAll("'", "''")}'@'${host}'`;
    try {
      // In a grant '_' stands for any one character, unless it is escaped.
      await admin.execute(`GRANT SELECT, SHOW VIEW ON ${schema.replaceAll('_', '\\_')}.* TO ${account}`);
      granted++;
    } catch (error) {
      if (!NO_SUCH_USER.has(mariaDbErrno(error) ?? 0)) throw error;
      refusal = error;
    }
  }
  if (granted === 0) throw refusal;
}

/**
 * Looks, before anything is changed, whether a table or view of these names is somebody else's, or would lose rows.
 * @throws OBJECT_FOREIGN · CHANGE_UNSUPPORTED
 */
export async function refuseTables(
  target: MariaDbTarget,
  tables: LoadedDefinition[],
  views: ViewDefinition[],
): Promise<void> {
  const owned = await target.ownership.hashes('mariadb');
  for (const definition of [...tables, ...views]) {
    const live = await liveColumns(target, definition.name);
    if (live.size === 0) continue;
    if (!owned.has(definition.name)) throw foreign(target.names, definition.name);
    if (definition.kind !== 'view') refuseLoss(definition, live);
  }
}

/** Makes and keeps the managed tables and their staging tables. Columns are added; `refuseTables` ran before. */
export async function applyTables(target: MariaDbTarget, tables: LoadedDefinition[]): Promise<Change[]> {
  const owned = await target.ownership.hashes('mariadb');
  const changes: Change[] = [];
  for (const table of tables) {
    const hash = contentHash({ table: tableBody(table), staging: stagingBody(table) });
    const live = await liveColumns(target, table.name);
    if (live.size > 0 && owned.get(table.name) === hash) {
      changes.push({ system: 'mariadb', object: table.name, action: 'unchanged' });
      continue;
    }
    if (!owned.has(table.name)) await target.ownership.record('mariadb', table.name, CLAIMED);
    if (live.size === 0) await createTable(target, table);
    else await widenTable(target, table, live);
    await target.ownership.record('mariadb', table.name, hash);
    changes.push({ system: 'mariadb', object: table.name, action: live.size === 0 ? 'create' : 'update' });
  }
  return changes;
}

/** Makes and keeps the views; `views` come in an order in which each finds what it reads. */
export async function applyViews(
  target: MariaDbTarget,
  views: ViewDefinition[],
  definitions: Map<string, Definition>,
): Promise<Change[]> {
  const owned = await target.ownership.hashes('mariadb');
  const changes: Change[] = [];
  for (const view of views) {
    const sql = viewSql(view, definitions, target.names.schema);
    const hash = contentHash({ sql });
    const isThere = (await liveColumns(target, view.name)).size > 0;
    if (isThere && owned.get(view.name) === hash) {
      changes.push({ system: 'mariadb', object: view.name, action: 'unchanged' });
      continue;
    }
    const name = identifier(target.names.schema, view.name);
    if (!owned.has(view.name)) await target.ownership.record('mariadb', view.name, CLAIMED);
    // INVOKER: who may not read a table can not read it through our view either.
    await target.admin.execute(`CREATE OR REPLACE SQL SECURITY INVOKER VIEW ${name} AS ${sql}`);
    await target.ownership.record('mariadb', view.name, hash);
    changes.push({ system: 'mariadb', object: view.name, action: isThere ? 'update' : 'create' });
  }
  return changes;
}

async function createTable({ admin, names }: MariaDbTarget, table: LoadedDefinition): Promise<void> {
  const staging = identifier(names.storeSchema, names.stagingTable(table.name));
  // The staging table first: whoever sees the table may load it.
  await admin.execute(`CREATE TABLE IF NOT EXISTS ${staging} (${stagingBody(table).join(', ')}) ${OPTIONS}`);
  await admin.execute(
    `CREATE TABLE ${identifier(names.schema, table.name)} (${tableBody(table).join(', ')}) ${OPTIONS}`,
  );
}

async function widenTable(
  { admin, names }: MariaDbTarget,
  table: LoadedDefinition,
  live: Map<string, string>,
): Promise<void> {
  const added = table.fields
    .filter((field) => !live.has(field.name))
    .map((field) => `ADD COLUMN ${columnLine(field, false)}`);
  if (added.length === 0) return;
  for (const name of [
    identifier(names.storeSchema, names.stagingTable(table.name)),
    identifier(names.schema, table.name),
  ]) {
    await admin.execute(
      `ALTER TABLE ${name} ${added.join(', ').replaceAll('ADD COLUMN', 'ADD COLUMN IF NOT EXISTS')}`,
    );
  }
}

function refuseLoss(table: LoadedDefinition, live: Map<string, string>): void {
  const problems: string[] = [];
  for (const [column, type] of live) {
    const field = table.fields.find(({ name }) => name === column);
    if (!field) problems.push(`column ${column} (${type}) would be dropped`);
    else if (columnType(field, table.key.includes(column)) !== type) {
      problems.push(
        `column ${column} would change from ${type} to ${columnType(field, table.key.includes(column))}`,
      );
    }
  }
  problems.push(
    ...table.key.filter((column) => !live.has(column)).map((column) => `the key would gain column ${column}`),
  );
  if (problems.length === 0) return;
  throw new MillraceError(
    'CHANGE_UNSUPPORTED',
    `Table '${table.name}' holds rows, and this change would lose or reinterpret some: ${problems.join('; ')}. Give the new shape a new name and backfill it, then retire the old one.`,
    { context: { table: table.name } },
  );
}

/** Declared columns of a table or view, with their types as MariaDB writes them; empty when it does not exist. */
async function liveColumns({ admin, names }: MariaDbTarget, table: string): Promise<Map<string, string>> {
  const rows = await admin.query(
    `SELECT column_name AS name, column_type AS type FROM information_schema.columns
     WHERE table_schema = ? AND table_name = ? AND column_name NOT IN ('_interval_start', '_load_id')`,
    [names.schema, table],
  );
  return new Map(rows.map((row) => [String(row['name']), String(row['type'])]));
}

function foreign(names: Names, name: string): MillraceError {
  return new MillraceError(
    'OBJECT_FOREIGN',
    `MariaDB already has '${names.schema}.${name}', which millrace did not make. Rename the definition, or declare the table with external('${name}', …) and read it.`,
    { context: { system: 'mariadb', object: name } },
  );
}
