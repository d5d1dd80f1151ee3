import { identifier, type Database } from '../../clients/mariadb.ts';
import type { Names } from '../../names.ts';
import type { Fields, Step } from '../target.ts';
import { alterClauses } from './alter.ts';
import { stagingBody, tableBody } from './columns.ts';
import { oneView } from './live.ts';
import type { DesiredObject, DesiredTable, DesiredView, LiveObject } from './objects.ts';
import { COLLATION, ensureSchema } from './schema.ts';
import type { TableFields } from './table-fields.ts';

const OPTIONS = `ENGINE=InnoDB DEFAULT CHARSET utf8mb4 COLLATE ${COLLATION}`;

export interface Place {
  admin: Database;
  names: Names;
  /** Superset's user, who may read the env's schema and no other. */
  readerUser: string;
}

/** @returns of a view: the text that MariaDB made of it, and its columns */
export async function carryOut(
  place: Place,
  { action, object, desired, live }: Step<DesiredObject, LiveObject>,
): Promise<Fields | undefined> {
  if (action === 'retire') return drop(place, object, live?.kind);
  switch (desired?.kind) {
    case 'schema':
      await ensureSchema(place.admin, place.names, place.readerUser);
      return undefined;
    case 'table':
      return live?.kind === 'table' ? widen(place, desired, live.fields) : createTable(place, desired);
    case 'view':
      return createView(place, desired);
    case undefined:
      return undefined;
  }
}

async function createTable(
  { admin, names }: Place,
  { object, definition }: DesiredTable,
): Promise<undefined> {
  const staging = identifier(names.storeSchema, names.stagingTable(object));
  // Of a table that is not there nothing is loaded, whatever was once.
  await admin.execute(`DELETE FROM ${identifier(names.storeSchema, 'ledger')} WHERE tbl = ?`, [object]);
  // The staging table first: whoever sees the table may load it.
  await admin.execute(
    `CREATE OR REPLACE TABLE ${staging} (${stagingBody(definition).join(', ')}) ${OPTIONS}`,
  );
  await admin.execute(
    `CREATE TABLE ${identifier(names.schema, object)} (${tableBody(definition).join(', ')}) ${OPTIONS}`,
  );
}

async function widen(
  { admin, names }: Place,
  { object, definition, fields }: DesiredTable,
  live: Partial<TableFields> & { staging?: TableFields },
): Promise<undefined> {
  const staging = identifier(names.storeSchema, names.stagingTable(object));
  if (live.staging === undefined) {
    await admin.execute(`CREATE TABLE ${staging} (${stagingBody(definition).join(', ')}) ${OPTIONS}`);
  } else await alter(admin, staging, fields.staging, live.staging);
  await alter(admin, identifier(names.schema, object), fields, { ...NOTHING, ...live });
}

const NOTHING: TableFields = { columns: {}, keys: {}, engine: '', collation: '' };

async function alter(admin: Database, table: string, desired: TableFields, live: TableFields): Promise<void> {
  const clauses = alterClauses(desired, live);
  if (clauses.length > 0) await admin.execute(`ALTER TABLE ${table} ${clauses.join(', ')}`);
}

async function createView({ admin, names }: Place, { object, unseen }: DesiredView): Promise<Fields> {
  await admin.execute(
    `CREATE OR REPLACE SQL SECURITY INVOKER VIEW ${identifier(names.schema, object)} AS ${unseen.sql}`,
  );
  const { body, columns } = (await oneView(admin, names.schema, object)).fields as Fields;
  return { body, columns };
}

async function drop(
  { admin, names }: Place,
  object: string,
  kind: LiveObject['kind'] | undefined,
): Promise<undefined> {
  const name = identifier(names.schema, object);
  if (kind === 'view') return void (await admin.execute(`DROP VIEW IF EXISTS ${name}`));
  if (kind !== 'table') return;
  await admin.execute(`DROP TABLE IF EXISTS ${name}`);
  await admin.execute(`DROP TABLE IF EXISTS ${identifier(names.storeSchema, names.stagingTable(object))}`);
  // Else a table of the same name would count as loaded.
  await admin.execute(`DELETE FROM ${identifier(names.storeSchema, 'ledger')} WHERE tbl = ?`, [object]);
}
