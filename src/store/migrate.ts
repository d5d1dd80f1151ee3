import { createHash } from 'node:crypto';
import { identifier, type Database } from '../clients/mariadb.ts';
import { MillraceError } from '../errors.ts';
import { MIGRATIONS, type Migration } from './migrations.ts';

const OPTIONS = 'DEFAULT CHARSET utf8mb4 COLLATE utf8mb4_nopad_bin';

/**
 * Brings the env's own tables up to date. Needs the admin login, with the store schema as its database.
 *
 * Safe to repeat: each step is recorded after it ran. The caller holds the env's apply lock.
 * @returns names of the steps that ran
 * @throws CHANGE_UNSUPPORTED when a step that ran was edited since, or a newer millrace has been here
 */
export async function migrate(admin: Database, schema: string): Promise<string[]> {
  if (!(await isThere(admin, schema))) await makeStore(admin, schema);
  const table = identifier(schema, 'migrations');
  const ran = await migrationsIn(admin, schema);
  refuseUnknown(schema, ran);
  const pending = MIGRATIONS.filter((migration) => !ran.has(migration.id));
  for (const migration of pending) {
    for (const statement of migration.statements) {
      // MariaDB commits DDL at once, so a step that was cut in its middle is simply gone through again.
      await admin.execute(
        statement
          .replace('CREATE TABLE ', `CREATE TABLE IF NOT EXISTS ${identifier(schema)}.`)
          .replaceAll('{store}', identifier(schema)),
      );
    }
    await admin.execute(
      `INSERT INTO ${table} (id, name, checksum, ran_at) VALUES (?, ?, ?, UTC_TIMESTAMP(3))`,
      [migration.id, migration.name, checksum(migration)],
    );
  }
  return pending.map((migration) => migration.name);
}

/**
 * Looks, without writing, whether a store is one that this version knows. One that is not there is.
 * @throws CHANGE_UNSUPPORTED when a newer millrace has been here
 */
export async function refuseNewerStore(db: Database, schema: string): Promise<void> {
  if (await isThere(db, schema)) refuseUnknown(schema, await migrationsIn(db, schema));
}

async function isThere(db: Database, schema: string): Promise<boolean> {
  const sql = "SELECT 1 FROM information_schema.tables WHERE table_schema = ? AND table_name = 'migrations'";
  return (await db.query(sql, [schema])).length > 0;
}

async function makeStore(admin: Database, schema: string): Promise<void> {
  await admin.execute(`CREATE DATABASE IF NOT EXISTS ${identifier(schema)} ${OPTIONS}`);
  const table = identifier(schema, 'migrations');
  await admin.execute(
    `CREATE TABLE IF NOT EXISTS ${table} (id INT PRIMARY KEY, name VARCHAR(255) NOT NULL, checksum CHAR(64) NOT NULL, ran_at DATETIME(3) NOT NULL) ${OPTIONS}`,
  );
}

async function migrationsIn(db: Database, schema: string): Promise<Map<number, unknown>> {
  const rows = await db.query(`SELECT id, checksum FROM ${identifier(schema, 'migrations')}`);
  return new Map(rows.map((row) => [Number(row['id']), row['checksum']]));
}

function refuseUnknown(schema: string, ran: Map<number, unknown>): void {
  const known = new Map(MIGRATIONS.map((migration) => [migration.id, checksum(migration)]));
  for (const [id, sum] of ran) {
    if (known.get(id) === sum) continue;
    throw new MillraceError(
      'CHANGE_UNSUPPORTED',
      `The store ${schema} has been through migration ${id}, which this millrace ${known.has(id) ? 'knows in another form' : 'does not know'}. Use the version that made it, or a newer one.`,
      { context: { schema, migration: id } },
    );
  }
}

function checksum(migration: Migration): string {
  return createHash('sha256').update(migration.statements.join('\n')).digest('hex');
}
