import { identifier, mariaDbErrno, type Database } from '../../clients/mariadb.ts';
import type { Names } from '../../names.ts';
import type { Desired } from '../target.ts';
import { COLLATION } from './collation.ts';

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
  // In a grant on a schema '_' stands for any one character, unless it is escaped.
  const pattern = schema.replaceAll('_', '\\_');
  await forReader(reader, (account) =>
    admin.execute(`GRANT SELECT, SHOW VIEW ON ${pattern}.* TO ${account}`),
  );
  const [exists] = await admin.query('SELECT 1 FROM information_schema.schemata WHERE schema_name = ?', [
    names.schema,
  ]);
  const verb = exists === undefined ? 'CREATE' : 'ALTER';
  await admin.execute(`${verb} DATABASE ${schema} DEFAULT CHARSET utf8mb4 COLLATE ${COLLATION}`);
}

/** Hosts under which the reader may be known: the native stack makes two, containers and most servers `%`. */
const READER_HOSTS = ['127.0.0.1', 'localhost', '%'];
/** ER_PASSWORD_NO_MATCH, ER_CANT_CREATE_USER_WITH_GRANT: the reader is not known under this host. */
const NO_SUCH_USER = [1133, 1410];
/** ER_NONEXISTING_GRANT, ER_NONEXISTING_TABLE_GRANT: there is nothing to take back. */
const NO_SUCH_GRANT = [1141, 1147];

/**
 * Grants or revokes for each host under which the reader is known.
 * @param change given the account as SQL names it
 * @throws MARIADB_REFUSED when the reader exists under none of the hosts
 */
export async function forReader(
  reader: string,
  change: (account: string) => Promise<unknown>,
): Promise<void> {
  let refusal: unknown;
  let changed = 0;
  for (const host of READER_HOSTS) {
    try {
      await change(`'${reader.replaceAll("'", "''")}'@'${host}'`);
      changed++;
    } catch (error) {
      const errno = mariaDbErrno(error) ?? 0;
      if (NO_SUCH_GRANT.includes(errno)) changed++;
      else if (!NO_SUCH_USER.includes(errno)) throw error;
      refusal = error;
    }
  }
  if (changed === 0) throw refusal;
}
