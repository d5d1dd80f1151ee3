import { identifier, mariaDbErrno, type Database } from '../../clients/mariadb.ts';
import type { Names } from '../../names.ts';
import type { Desired } from '../target.ts';

/** How everything that apply makes compares text. */
export const COLLATION = 'utf8mb4_nopad_bin';

/** The schema that people read, as an object of its own. No definition can have a blank in its name. */
export function schemaObject(names: Names): string {
  return `schema ${names.schema}`;
}

export function desiredSchema(names: Names): Desired {
  return { object: schemaObject(names), fields: { collation: COLLATION, reader: MAY_READ } };
}

/** Whether Superset's user sees the schema. */
export const MAY_READ = 'may read';
export const MAY_NOT_READ = 'may not read';

/** Makes the schema that people read, and lets the reader in. */
export async function ensureSchema(admin: Database, names: Names, reader: string): Promise<void> {
  const schema = identifier(names.schema);
  await grantReader(admin, schema, reader);
  const [exists] = await admin.query('SELECT 1 FROM information_schema.schemata WHERE schema_name = ?', [
    names.schema,
  ]);
  const verb = exists === undefined ? 'CREATE' : 'ALTER';
  await admin.execute(`${verb} DATABASE ${schema} DEFAULT CHARSET utf8mb4 COLLATE ${COLLATION}`);
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
