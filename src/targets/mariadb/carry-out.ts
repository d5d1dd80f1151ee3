import { identifier, mariaDbErrno, type Database } from '../../clients/mariadb.ts';
import { MillraceError } from '../../errors.ts';
import type { Names } from '../../names.ts';
import type { Fields, Outcome, Step } from '../target.ts';
import { alterClauses } from './alter.ts';
import { tableText } from './columns.ts';
import { foreignText, lostColumns } from './diff.ts';
import { giveRight, takeRight } from './external-rights.ts';
import { oneView } from './live.ts';
import type { DesiredObject, DesiredTable, DesiredView, LiveObject } from './objects.ts';
import { ensureSchema } from './schema.ts';
import type { TableFields } from './table-fields.ts';

export interface Place {
  admin: Database;
  names: Names;
  /** Superset's user, who may read the env's schema and no other. */
  readerUser: string;
}

/** @returns of a view: the text that MariaDB made of it, and its columns */
export async function carryOut(
  place: Place,
  step: Step<DesiredObject, LiveObject>,
): Promise<Outcome | undefined> {
  const { action, object, desired, live } = step;
  if (action === 'retire') return drop(place, object, live?.kind);
  switch (desired?.kind) {
    case 'schema':
      await ensureSchema(place.admin, place.names, place.readerUser);
      return undefined;
    case 'table':
      if (live?.kind !== 'table') return createTable(place, desired);
      // Before the column is back: a cut between the two must not leave intervals that count as loaded.
      if (lostColumns(step).length > 0) await forgetLoads(place, object);
      return widen(place, desired, live.fields);
    case 'view':
      return live === undefined ? createView(place, desired) : replaceView(place, desired);
    case 'right':
      await giveRight(place.admin, place.readerUser, desired);
      return undefined;
    case undefined:
      return undefined;
  }
}

async function createTable({ admin, names }: Place, { object, fields }: DesiredTable): Promise<undefined> {
  const staging = identifier(names.storeSchema, names.stagingTable(object));
  // Of a table that is not there nothing is loaded, whatever was once.
  await forgetLoads({ admin, names }, object);
  // The staging table first: whoever sees the table may load it.
  await admin.execute(`CREATE OR REPLACE TABLE ${staging} ${tableText(fields.staging)}`);
  const table = identifier(names.schema, object);
  await create(admin, names, object, `CREATE TABLE ${table} ${tableText(fields)}`);
}

/** ER_TABLE_EXISTS_ERROR. */
const EXISTS = 1050;

/** @throws OBJECT_FOREIGN where somebody made a table or view of that name since it was looked for */
async function create(admin: Database, names: Names, object: string, statement: string): Promise<void> {
  try {
    await admin.execute(statement);
  } catch (error) {
    if (mariaDbErrno(error) !== EXISTS) throw error;
    throw new MillraceError('OBJECT_FOREIGN', foreignText(names, object), {
      cause: error,
      context: { system: 'mariadb', object },
    });
  }
}

async function widen(
  { admin, names }: Place,
  { object, fields }: DesiredTable,
  live: Partial<TableFields> & { staging?: TableFields },
): Promise<undefined> {
  const staging = identifier(names.storeSchema, names.stagingTable(object));
  if (live.staging === undefined) {
    await admin.execute(`CREATE TABLE ${staging} ${tableText(fields.staging)}`);
  } else {
    await alter(admin, staging, fields.staging, live.staging);
    // By this index rows of a load were found before they had a key of their own.
    if (live.staging.keys['_load_id'] !== undefined)
      await admin.execute(`ALTER TABLE ${staging} DROP KEY IF EXISTS _load_id`);
  }
  await alter(admin, identifier(names.schema, object), fields, { ...NOTHING, ...live });
}

const NOTHING: TableFields = { columns: {}, keys: {}, engine: '', collation: '' };

async function alter(admin: Database, table: string, desired: TableFields, live: TableFields): Promise<void> {
  const clauses = alterClauses(desired, live);
  if (clauses.length > 0) await admin.execute(`ALTER TABLE ${table} ${clauses.join(', ')}`);
}

async function createView(place: Place, view: DesiredView): Promise<Outcome> {
  const { admin, names } = place;
  await create(admin, names, view.object, `CREATE ${viewText(names, view)}`);
  return learnedOf(place, view);
}

async function replaceView(place: Place, view: DesiredView): Promise<Outcome> {
  await place.admin.execute(`CREATE OR REPLACE ${viewText(place.names, view)}`);
  return learnedOf(place, view);
}

function viewText(names: Names, { object, unseen }: DesiredView): string {
  return `SQL SECURITY INVOKER VIEW ${identifier(names.schema, object)} AS ${unseen.sql}`;
}

async function learnedOf({ admin, names }: Place, { object }: DesiredView): Promise<Outcome> {
  const { body, columns } = (await oneView(admin, names.schema, object)).fields as Fields;
  return { learned: { body, columns } };
}

async function drop(
  { admin, names, readerUser }: Place,
  object: string,
  kind: LiveObject['kind'] | undefined,
): Promise<undefined> {
  const name = identifier(names.schema, object);
  if (kind === 'view') return void (await admin.execute(`DROP VIEW IF EXISTS ${name}`));
  if (kind === 'right') return void (await takeRight(admin, readerUser, object));
  if (kind !== 'table') return;
  await admin.execute(`DROP TABLE IF EXISTS ${name}`);
  await admin.execute(`DROP TABLE IF EXISTS ${identifier(names.storeSchema, names.stagingTable(object))}`);
  // Else a table of the same name would count as loaded.
  await forgetLoads({ admin, names }, object);
}

async function forgetLoads({ admin, names }: Pick<Place, 'admin' | 'names'>, table: string): Promise<void> {
  await admin.execute(`DELETE FROM ${identifier(names.storeSchema, 'ledger')} WHERE tbl = ?`, [table]);
}
