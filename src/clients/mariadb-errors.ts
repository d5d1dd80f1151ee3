import { MillraceError, messageOf } from '../errors.ts';
import { cutTo } from '../wording.ts';

/** What MariaDB or its driver said. */
export interface MariaDbError {
  code?: string;
  errno?: number;
  fatal?: boolean;
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

/** What to do where it is the connection that was refused, not the statement. */
const LOGIN_REMEDIES: Record<string, string> = {
  ER_ACCESS_DENIED_ERROR:
    'Check MILLRACE_MARIADB_USER and MILLRACE_MARIADB_PASSWORD (and those of _ADMIN and _READER). A server that wants TLS says the same: set MILLRACE_MARIADB_TLS=1. Those of a stack on this machine stand in its home: go to the folder of the project, or set MILLRACE_HOME.',
  HANDSHAKE_SSL_ERROR:
    "Give the server's CA in MILLRACE_MARIADB_CA, and in MILLRACE_MARIADB_HOST a name that its certificate holds.",
  HANDSHAKE_NO_SSL_SUPPORT: 'This server has no TLS: switch it on there, or set MILLRACE_MARIADB_TLS=0.',
};

/** Of a statement in a message. */
const MAX_SQL_LENGTH = 300;

/** A statement waited for a lock until its patience was over: of rows, or of the whole table. */
export function isLockTimeout(error: unknown): boolean {
  return (error as MariaDbError).code === 'ER_LOCK_WAIT_TIMEOUT';
}

/** @param holders who may hold the lock, as a sentence with the remedy */
export function lockedError(cause: unknown, address: string, sql: string, holders: string): MillraceError {
  const { code, errno } = cause as MariaDbError;
  return new MillraceError(
    'MARIADB_LOCKED',
    `MariaDB at ${address} waited too long for a lock that another session holds: ${cutTo(MAX_SQL_LENGTH, sql)} · ${holders}`,
    { cause, context: { code, errno } },
  );
}

/** What the driver threw, as an error of ours. */
export function translated(error: unknown, address: string, sql: string): MillraceError {
  const { code, errno, fatal } = error as MariaDbError;
  // A connection that was lost between two statements says only that: fatal, and no code.
  if (code === undefined ? fatal === true : TRANSIENT.has(code) || LOST.has(errno ?? 0)) {
    return new MillraceError(
      'MARIADB_UNAVAILABLE',
      `MariaDB at ${address} did not carry out a statement (${code ?? 'lost connection'}): ${messageOf(error)}. Is it up ('npx millrace stack status')? A worker tries again by itself.`,
      { cause: error, context: { code, errno } },
    );
  }
  return new MillraceError(
    'MARIADB_REFUSED',
    `MariaDB at ${address} refused: ${messageOf(error)} · ${LOGIN_REMEDIES[code ?? ''] ?? cutTo(MAX_SQL_LENGTH, sql)}`,
    { cause: error, context: { code, errno } },
  );
}
