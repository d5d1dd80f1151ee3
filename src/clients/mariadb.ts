import { isIP } from 'node:net';
import {
  createPool,
  type FieldPacket,
  type Pool,
  type PoolConnection,
  type PoolOptions,
} from 'mysql2/promise';
import type { Config, Login } from '../config.ts';
import { MillraceError } from '../errors.ts';
import { isLockTimeout, lockedError, translated } from './mariadb-errors.ts';
import { lockHolders, noteOwnSession, ROW_LOCK_SECONDS, TABLE_LOCK_SECONDS } from './mariadb-locks.ts';

/** What may be bound to a placeholder. Objects may not: mysql2 would expand them into SQL. */
export type Scalar = string | number | bigint | boolean | null;

export type Row = Record<string, unknown>;

/** A column of an answer. */
export interface Column {
  name: string;
  /** A number: one that is whole, or a double. */
  kind: 'number' | 'instant' | 'other';
}

/**
 * MariaDB as the rest of millrace sees it: on the pool, or inside one transaction.
 *
 * BIGINT, DECIMAL and all dates are read as text, and dates are UTC, so that no value passes through a
 * JavaScript number or the time zone of the process. Everything is READ COMMITTED: a statement locks the rows that it
 * changes, and nothing of what lies between them.
 */
export interface Database {
  query(sql: string, values?: readonly Scalar[]): Promise<Row[]>;
  /** As `query`, with what kind of values the columns have. */
  select(sql: string): Promise<{ columns: Column[]; rows: Row[] }>;
  execute(sql: string, values?: readonly Scalar[]): Promise<{ affectedRows: number; insertId: number }>;
  /** Runs `work` in one transaction; any error rolls back. */
  transaction<T>(work: (tx: Database) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

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
    noteOwnSession(connection.threadId);
    connection.query(`SET time_zone = '+00:00', sql_mode = '${SQL_MODE}'`);
    // MariaDB's own patience is a day, in which every reader of a table waits behind one ALTER.
    connection.query(
      `SET lock_wait_timeout = ${TABLE_LOCK_SECONDS}, innodb_lock_wait_timeout = ${ROW_LOCK_SECONDS}`,
    );
    connection.query('SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED');
  });
  const server: Server = {
    address: `${config.host}:${config.port}`,
    holders: (sql) => holdersSeen(config, login, sql),
  };
  const whole = database(pool, server);
  return {
    ...whole,
    transaction: (work) => inTransaction(pool, server, work),
    close: () => pool.end(),
  };
}

interface Server {
  address: string;
  /** Who may hold the lock that a statement waited for, as a sentence. */
  holders(sql: string): Promise<string>;
}

/** As this login sees it, and the two others that have no rights to change the schema, where they are known. */
async function holdersSeen(config: Config['mariadb'], login: Login, sql: string): Promise<string> {
  const others = [config.reader, config.worker].filter(
    ({ user, password }) => user !== login.user && password !== '',
  );
  const logins = [...others, login].map((one) => connectMariaDb(config, one, { connections: 1 }));
  try {
    return await lockHolders(logins, sql);
  } finally {
    await Promise.all(logins.map((one) => one.close()));
  }
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

/** ER_NO_SUCH_TABLE. */
const NO_SUCH_TABLE = 1146;

/** Did a statement name a table that is not there? */
export function isNoSuchTable(error: unknown): boolean {
  return mariaDbErrno(error) === NO_SUCH_TABLE;
}

/** ER_DBACCESS_DENIED, ER_TABLEACCESS_DENIED, ER_COLUMNACCESS_DENIED, ER_PROCACCESS_DENIED. */
const DENIED = [1044, 1142, 1143, 1370];

/** Did MariaDB refuse because the login lacks a right? */
export function isAccessDenied(error: unknown): boolean {
  return DENIED.includes(mariaDbErrno(error) ?? 0);
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

function database(on: Pool | PoolConnection, server: Server): Database {
  const ask = async (
    sql: string,
    values: readonly Scalar[],
  ): Promise<[answer: unknown, of: FieldPacket[]]> => {
    try {
      // With values, the driver looks for a place for each in all of the text, which may be megabytes.
      return await (values.length === 0 ? on.query(sql) : on.query({ sql, values: [...values] }));
    } catch (error) {
      if (!isLockTimeout(error)) throw translated(error, server.address, sql);
      throw lockedError(error, server.address, sql, await server.holders(sql));
    }
  };
  return {
    query: async (sql, values = []) => {
      const [answer] = await ask(sql, values);
      return Array.isArray(answer) ? (answer as Row[]) : [];
    },
    select: async (sql) => {
      const [rows, fields] = await ask(sql, []);
      return { rows: rows as Row[], columns: fields.map(columnOf) };
    },
    execute: async (sql, values = []) => {
      const { affectedRows, insertId } = (await ask(sql, values))[0] as {
        affectedRows: number;
        insertId: number;
      };
      return { affectedRows, insertId };
    },
    transaction: (work) => work(database(on, server)),
    close: async () => undefined,
  };
}

/** As the protocol numbers them: whole numbers of 1, 2, 4, 8 and 3 bytes, FLOAT, DOUBLE; TIMESTAMP, DATETIME. */
const NUMBERS = [1, 2, 3, 8, 9, 4, 5];
const INSTANTS = [7, 12];

function columnOf({ name, columnType = -1 }: FieldPacket): Column {
  if (NUMBERS.includes(columnType)) return { name, kind: 'number' };
  return { name, kind: INSTANTS.includes(columnType) ? 'instant' : 'other' };
}

async function inTransaction<T>(pool: Pool, server: Server, work: (tx: Database) => Promise<T>): Promise<T> {
  const connection = await pool.getConnection().catch((error: unknown) => {
    throw translated(error, server.address, 'connect');
  });
  try {
    const tx = database(connection, server);
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
