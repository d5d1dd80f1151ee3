import { isIP } from 'node:net';
import { createPool, type Pool, type PoolConnection, type PoolOptions } from 'mysql2/promise';
import type { Config, Login } from '../config.ts';
import { MillraceError, messageOf } from '../errors.ts';

/** What may be bound to a placeholder. Objects may not: mysql2 would expand them into SQL. */
export type Scalar = string | number | bigint | boolean | null;

export type Row = Record<string, unknown>;

/**
 * MariaDB as the rest of millrace sees it: on the pool, or inside one transaction.
 *
 * BIGINT, DECIMAL and all dates are read as text, and dates are UTC, so that no value passes through a
 * JavaScript number or the time zone of the process. Everything is READ COMMITTED: a statement locks the rows that it
 * changes, and nothing of what lies between them.
 */
export interface Database {
  query(sql: string, values?: readonly Scalar[]): Promise<Row[]>;
  execute(sql: string, values?: readonly Scalar[]): Promise<{ affectedRows: number; insertId: number }>;
  /** Runs `work` in one transaction; any error rolls back. */
  transaction<T>(work: (tx: Database) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** The transaction must be repeated, or the server could not be reached: a later try can succeed. */
const TRANSIENT = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'PROTOCOL_CONNECTION_LOST',
  'ER_CON_COUNT_ERROR',
  'ER_LOCK_DEADLOCK',
  'ER_LOCK_WAIT_TIMEOUT',
  'ER_SERVER_SHUTDOWN',
  'ER_CONNECTION_KILLED',
  'ER_QUERY_INTERRUPTED',
  'EAI_AGAIN',
  'ENOTFOUND',
  'EHOSTUNREACH',
  'ENETUNREACH',
]);

/** Connection killed (1927 is not among the names that mysql2 knows). */
const LOST = new Set([1927]);

/**
 * MariaDB's own default, said again: without strictness a server cuts text that is too long in silence, and with
 * NO_BACKSLASH_ESCAPES the quoting of mysql2 is not safe.
 */
const SQL_MODE = 'STRICT_TRANS_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_AUTO_CREATE_USER,NO_ENGINE_SUBSTITUTION';

/** A pool of connections for one login. Connects lazily: an absent server shows at the first statement. */
export function connectMariaDb(
  config: Config['mariadb'],
  login: Login,
  options: { database?: string; connections?: number } = {},
): Database {
  const pool = createPool(poolOptions(config, login, options));
  // Queued on each new connection before the statement that asked for it.
  pool.pool.on('connection', (connection) => {
    connection.query(`SET time_zone = '+00:00', innodb_lock_wait_timeout = 30, sql_mode = '${SQL_MODE}'`);
    connection.query('SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED');
  });
  const address = `${config.host}:${config.port}`;
  const whole = database(pool, address);
  return {
    ...whole,
    transaction: (work) => inTransaction(pool, address, work),
    close: () => pool.end(),
  };
}

/** Quotes a name for MariaDB. Names come from validated definitions; quoting is the second wall. */
export function identifier(...parts: string[]): string {
  return parts.map((part) => `\`${part.replaceAll('`', '``')}\``).join('.');
}

/** `(?,?,?),(?,?,?)` for a multi-row INSERT. */
export function placeholders(rows: number, columns: number): string {
  const row = `(${Array.from({ length: columns }, () => '?').join(',')})`;
  return Array.from({ length: rows }, () => row).join(',');
}

/** MariaDB's own number for what it refused (1062: duplicate key), where it said one. */
export function mariaDbErrno(error: unknown): number | undefined {
  if (!(error instanceof MillraceError)) return undefined;
  const errno = error.context['errno'];
  return typeof errno === 'number' ? errno : undefined;
}

function poolOptions(
  config: Config['mariadb'],
  login: Login,
  options: { database?: string; connections?: number },
): PoolOptions {
  return {
    host: config.host,
    port: config.port,
    user: login.user,
    password: login.password,
    ...(options.database ? { database: options.database } : {}),
    // mysql2 can hold a certificate against a host's name alone, not against an address.
    ...(config.tls
      ? { ssl: { ...config.tls, rejectUnauthorized: true, verifyIdentity: isIP(config.host) === 0 } }
      : {}),
    connectionLimit: options.connections ?? 10,
    connectTimeout: 5_000,
    // A server that is gone without a word is noticed after 20 s instead of 2 h.
    enableKeepAlive: true,
    keepAliveInitialDelay: 10_000,
    charset: 'utf8mb4',
    timezone: 'Z',
    dateStrings: true,
    supportBigNumbers: true,
    bigNumberStrings: true,
    decimalNumbers: false,
    // A column that MariaDB checks to be JSON would otherwise arrive parsed.
    jsonStrings: true,
    typeCast: exactDoubles,
    stringifyObjects: true,
    // A rogue server may ask a client that advertises this for any file.
    flags: ['-LOCAL_FILES'],
  };
}

/** mysql2 reads a DOUBLE digit by digit and misses its last bits (94.33333333333333 becomes …331). */
function exactDoubles(field: { type: string; string: () => string | null }, next: () => unknown): unknown {
  if (field.type !== 'DOUBLE' && field.type !== 'FLOAT') return next();
  const text = field.string();
  return text === null ? null : Number(text);
}

function database(on: Pool | PoolConnection, address: string): Database {
  const run = async (sql: string, values: readonly Scalar[]): Promise<unknown> => {
    try {
      const [answer] = await on.query({ sql, values: [...values] });
      return answer;
    } catch (error) {
      throw translated(error, address, sql);
    }
  };
  return {
    query: async (sql, values = []) => {
      const answer = await run(sql, values);
      return Array.isArray(answer) ? (answer as Row[]) : [];
    },
    execute: async (sql, values = []) => {
      const { affectedRows, insertId } = (await run(sql, values)) as {
        affectedRows: number;
        insertId: number;
      };
      return { affectedRows, insertId };
    },
    transaction: (work) => work(database(on, address)),
    close: async () => undefined,
  };
}

async function inTransaction<T>(pool: Pool, address: string, work: (tx: Database) => Promise<T>): Promise<T> {
  const connection = await pool.getConnection().catch((error: unknown) => {
    throw translated(error, address, 'connect');
  });
  try {
    const tx = database(connection, address);
    await tx.execute('START TRANSACTION');
    const result = await work(tx);
    await tx.execute('COMMIT');
    connection.release();
    return result;
  } catch (error) {
    // A connection whose rollback fails may still hold locks: it must not go back to the pool.
    await connection.query('ROLLBACK').then(
      () => connection.release(),
      () => connection.destroy(),
    );
    throw error;
  }
}

/** What to do where it is the connection that was refused, not the statement. */
const LOGIN_REMEDIES: Record<string, string> = {
  ER_ACCESS_DENIED_ERROR:
    'Check MILLRACE_MARIADB_USER and MILLRACE_MARIADB_PASSWORD (and those of _ADMIN and _READER). A server that wants TLS says the same: set MILLRACE_MARIADB_TLS=1.',
  HANDSHAKE_SSL_ERROR:
    "Give the server's CA in MILLRACE_MARIADB_CA, and in MILLRACE_MARIADB_HOST a name that its certificate holds.",
  HANDSHAKE_NO_SSL_SUPPORT: 'This server has no TLS: switch it on there, or set MILLRACE_MARIADB_TLS=0.',
};

function translated(error: unknown, address: string, sql: string): MillraceError {
  const { code, errno, fatal } = error as { code?: string; errno?: number; fatal?: boolean };
  const statement = sql.length > 300 ? `${sql.slice(0, 300)}…` : sql;
  // A connection that was lost between two statements says only that: fatal, and no code.
  if (code === undefined ? fatal === true : TRANSIENT.has(code) || LOST.has(errno ?? 0)) {
    return new MillraceError(
      'MARIADB_UNAVAILABLE',
      `MariaDB at ${address} did not carry out a statement (${code ?? 'lost connection'}): ${messageOf(error)}. Is it up ('millrace stack status')? A worker tries again by itself.`,
      { cause: error, context: { code, errno } },
    );
  }
  return new MillraceError(
    'MARIADB_REFUSED',
    `MariaDB at ${address} refused: ${messageOf(error)} · ${LOGIN_REMEDIES[code ?? ''] ?? statement}`,
    {
      cause: error,
      context: { code, errno },
    },
  );
}
