import { identifier, isAccessDenied, mariaDbErrno, type Database } from '../../clients/mariadb.ts';
import { ofKind, type Definition } from '../../definition/definition.ts';
import { isMillraceError } from '../../errors.ts';
import type { Names } from '../../names.ts';
import type { Desired, Live, Owned } from '../target.ts';
import { forReader, MAY_NOT_READ, MAY_READ } from './schema.ts';

/**
 * That Superset's user may read somebody else's table in another schema: an object of its own. Its right to the env's
 * schema, which it has as a whole, does not reach there, and our views show their reader nothing that it may not read.
 */
export interface DesiredRight extends Desired {
  kind: 'right';
  fields: { reader: typeof MAY_READ };
  place: Place;
}

export interface LiveRight extends Live {
  kind: 'right';
  fields: { reader: typeof MAY_READ | typeof MAY_NOT_READ };
  /** Why apply cannot give it. */
  refusal?: string;
}

interface Place {
  schema: string;
  table: string;
  columns: readonly string[];
}

/** One for each table that stands in another schema. */
export function desiredRights(definitions: readonly Definition[], names: Names): DesiredRight[] {
  return ofKind([...definitions], 'external').flatMap(({ name: table, schema = names.schema, fields }) => {
    if (schema === names.schema) return [];
    const place = { schema, table, columns: fields.map(({ name }) => name) };
    return [{ kind: 'right', object: objectOf(place), fields: { reader: MAY_READ }, place }];
  });
}

/** Which of these tables, and of those that apply made readable before, the reader may read now. */
export async function liveRights(
  logins: { reader: Database; admin: Database },
  desired: readonly DesiredRight[],
  owned: Owned,
): Promise<Map<string, LiveRight>> {
  const live = new Map<string, LiveRight>();
  const wanted = new Set(desired.map(({ object }) => object));
  const left = [...owned.keys()].flatMap((object) => (wanted.has(object) ? [] : (placeOf(object) ?? [])));
  for (const place of [...desired.map((one) => one.place), ...left]) {
    const object = objectOf(place);
    if (await mayRead(logins.reader, place)) {
      live.set(object, { kind: 'right', fields: { reader: MAY_READ }, mark: 'ours' });
    } else if (wanted.has(object)) {
      const refusal = await refusalOf(logins, place);
      const fields = { reader: MAY_NOT_READ } as const;
      live.set(object, {
        kind: 'right',
        fields,
        mark: 'ours',
        ...(refusal === undefined ? {} : { refusal }),
      });
    }
  }
  return live;
}

/** The reader has this right, and not from apply: nothing is to be done, and never anything to be taken back. */
export function isTheirs({ object }: Desired, live: LiveRight | undefined, owned: Owned): boolean {
  return live?.fields.reader === MAY_READ && !owned.has(object);
}

/** Gives the right, to that table alone. */
export async function giveRight(admin: Database, reader: string, { place }: DesiredRight): Promise<void> {
  await forReader(reader, (account) => admin.execute(grantOf(place, account)));
}

/** Takes back what `giveRight` gave. */
export async function takeRight(admin: Database, reader: string, object: string): Promise<void> {
  const place = placeOf(object);
  if (place === undefined) return;
  await forReader(reader, (account) => admin.execute(`REVOKE SELECT ON ${tableOf(place)} FROM ${account}`));
}

function objectOf({ schema, table }: Place): string {
  return `reader of ${schema}.${table}`;
}

function placeOf(object: string): Place | undefined {
  const [, schema, table] = /^reader of ([^.]+)\.(.+)$/.exec(object) ?? [];
  return schema === undefined || table === undefined ? undefined : { schema, table, columns: [] };
}

function tableOf({ schema, table }: Place): string {
  return identifier(schema, table);
}

function grantOf(place: Place, account: string): string {
  return `GRANT SELECT ON ${tableOf(place)} TO ${account}`;
}

/** ER_BAD_DB_ERROR, ER_BAD_FIELD_ERROR, ER_NO_SUCH_TABLE: no right is missing, and the check of the SQL says what is. */
const ABSENT = [1049, 1054, 1146];

/** Asked as a chart asks. */
async function mayRead(reader: Database, place: Place): Promise<boolean> {
  const columns = place.columns.length === 0 ? '1' : place.columns.map((name) => identifier(name)).join(', ');
  try {
    await reader.query(`SELECT ${columns} FROM ${tableOf(place)} LIMIT 0`);
    return true;
  } catch (error) {
    if (isAccessDenied(error)) return false;
    if (ABSENT.includes(mariaDbErrno(error) ?? 0)) return true;
    throw error;
  }
}

async function refusalOf(
  { reader, admin }: { reader: Database; admin: Database },
  place: Place,
): Promise<string | undefined> {
  if (await mayGrant(admin, place)) return undefined;
  const account = await accountOf(reader);
  return `Superset's user may not read ${place.schema}.${place.table}, and apply's user may not give it that right: every chart of a view over it would fail. Have an administrator run: ${grantOf(place, account)}; then apply again.`;
}

/** Its own rights to grant, as MariaDB lists them; those of a role are not looked for. */
const GRANTABLE = `SELECT 1 FROM information_schema.user_privileges
    WHERE privilege_type = 'SELECT' AND is_grantable = 'YES' AND grantee = ?
  UNION SELECT 1 FROM information_schema.schema_privileges
    WHERE privilege_type = 'SELECT' AND is_grantable = 'YES' AND grantee = ? AND ? LIKE table_schema
  UNION SELECT 1 FROM information_schema.table_privileges
    WHERE privilege_type = 'SELECT' AND is_grantable = 'YES' AND grantee = ? AND table_schema = ? AND table_name = ?`;

/** Of a login that MariaDB does not let in (a plan needs none of apply's) nothing is known: it may. */
async function mayGrant(admin: Database, { schema, table }: Place): Promise<boolean> {
  try {
    const grantee = await accountOf(admin);
    const found = await admin.query(GRANTABLE, [grantee, grantee, schema, grantee, schema, table]);
    return found.length > 0;
  } catch (error) {
    if (isMillraceError(error, 'MARIADB_REFUSED')) return true;
    throw error;
  }
}

/** Who a login is to MariaDB, as SQL and the lists of rights name it. */
async function accountOf(login: Database): Promise<string> {
  const [row] = await login.query('SELECT CURRENT_USER() AS account');
  return String(row?.['account']).replace(/^(.*)@([^@]*)$/, "'$1'@'$2'");
}
