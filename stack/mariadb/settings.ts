import { MARIADB_USERS } from '../home.ts';
import type { Secrets } from '../home.ts';

/** Server options that hold wherever it runs; each is one `--name=value`. */
export const MARIADB_SETTINGS = {
  // The built-in default is latin1.
  'character-set-server': 'utf8mb4',
  'collation-server': 'utf8mb4_general_ci',
  'default-time-zone': '+00:00',
  'sql-mode': 'STRICT_TRANS_TABLES,NO_ENGINE_SUBSTITUTION,ERROR_FOR_DIVISION_BY_ZERO',
  'max-allowed-packet': '64M',
  // A commit that was answered survives a crash.
  'innodb-flush-log-at-trx-commit': '1',
  'innodb-buffer-pool-size': '128M',
  'skip-name-resolve': 'ON',
  // At 2 each probe of the port is a warning.
  'log-warnings': '1',
} as const;

/** Every schema of ours, of every env. */
const OUR_SCHEMAS = '`millrace\\_%`.*';

/** Root comes by the socket and by loopback; ours the same. */
const HOSTS = ['localhost', '127.0.0.1'] as const;

/**
 * The users and their rights, as SQL that may run at each start. The reader gets no right here: a pattern
 * cannot leave out the store schemas, so `apply` grants it each schema that people read.
 */
export function userStatements(secrets: Secrets, hosts: readonly string[] = HOSTS): string[] {
  return hosts.flatMap((host) => [
    ...user('root', host, secrets.mariadbRoot),
    `GRANT ALL ON *.* TO ${account('root', host)} WITH GRANT OPTION`,
    ...user(MARIADB_USERS.worker, host, secrets.mariadbWorker),
    ...user(MARIADB_USERS.admin, host, secrets.mariadbAdmin),
    ...user(MARIADB_USERS.reader, host, secrets.mariadbReader),
    `GRANT SELECT, INSERT, UPDATE, DELETE ON ${OUR_SCHEMAS} TO ${account(MARIADB_USERS.worker, host)}`,
    `GRANT ALL ON ${OUR_SCHEMAS} TO ${account(MARIADB_USERS.admin, host)} WITH GRANT OPTION`,
  ]);
}

/** Keeps what was granted to a user that exists, and gives it this home's password. */
function user(name: string, host: string, password: string): string[] {
  return [
    `CREATE USER IF NOT EXISTS ${account(name, host)}`,
    `ALTER USER ${account(name, host)} IDENTIFIED BY ${quoted(password)}`,
  ];
}

function account(name: string, host: string): string {
  return `'${name}'@'${host}'`;
}

/** The passwords are base64url: nothing in them needs escaping. */
function quoted(password: string): string {
  return `'${password}'`;
}
