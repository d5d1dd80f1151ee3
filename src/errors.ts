/**
 * Every error that millrace raises on purpose, once: what it means and whether repeating can help.
 *
 * The key is stable: users match on it, `docs/errors.md` lists exactly these (a unit test compares the two),
 * and an activity's failure carries it as its type.
 */
export const ERROR_CODES = {
  DEFINITION_INVALID: { retryable: false, means: 'a file in pipelines/ does not follow the vocabulary' },
  SQL_INVALID: {
    retryable: false,
    means: "a server refused a definition's SQL, or its columns do not match the row",
  },
  CONFIG_INVALID: { retryable: false, means: 'a setting is missing or malformed' },
  SECRET_MISSING: { retryable: false, means: 'a definition names a secret that the worker was not given' },
  WORKER_TOO_OLD: {
    retryable: true,
    means: 'the definition holds something that this version of millrace does not know; a newer worker does',
  },
  TABLE_UNKNOWN: { retryable: false, means: 'no applied definition has this name' },
  NO_INTERVALS: { retryable: false, means: 'this kind of definition has no intervals to run' },
  INPUT_INVALID: { retryable: false, means: 'a command or a workflow was started with malformed input' },
  INTERVAL_INVALID: {
    retryable: false,
    means: "the given instant does not start an interval of the table's calendar",
  },
  INTERVAL_BEFORE_SINCE: { retryable: false, means: "the interval lies before the table's `since`" },
  INTERVAL_IN_FUTURE: { retryable: false, means: "the interval's slot has not come yet" },
  BACKFILL_INCOMPLETE: { retryable: false, means: 'some intervals of a backfill could not be loaded' },
  RUN_NOT_DONE: { retryable: true, isWait: true, means: 'the run that this one waits for is still running' },
  RUN_FAILED: {
    retryable: false,
    means: 'the run that this one waited for ended without a code of ours: cancelled, terminated, a fault',
  },
  LOAD_OVERTAKEN: {
    retryable: false,
    means: 'a newer attempt has taken over this interval; this one must not write',
  },
  LOAD_ROW_OUTSIDE: { retryable: false, means: 'a row lies outside the interval that is being loaded' },
  LOAD_KEY_INVALID: {
    retryable: false,
    means: 'staged rows hold a key twice, or a key column without a value',
  },
  LOAD_KEY_TAKEN: { retryable: false, means: 'a row with this key already belongs to another interval' },
  LOAD_COUNT_WRONG: { retryable: false, means: 'fewer or more rows were staged than the source sent' },
  ROW_INVALID: { retryable: false, means: "a row from the source does not fit the definition's row schema" },
  ROW_TOO_LARGE: { retryable: false, means: 'a row is larger than MariaDB takes in one statement' },
  STREAM_NOT_DRAINED: {
    retryable: true,
    isWait: true,
    means: "the stream's events up to the slot have not all reached Druid yet",
  },
  FOR_EACH_INVALID: {
    retryable: false,
    means:
      'the rows of `forEach` lack a column that the definition uses, or a value in one; or they are too many',
  },
  FOR_EACH_MOVED: {
    retryable: true,
    means: 'the rows of `forEach` have changed while the source was asked for them one by one',
  },
  TABLE_NOT_LOADED: {
    retryable: true,
    isWait: true,
    means: 'a table that the load reads is not as far as its interval yet',
  },
  HTTP_STATUS: {
    retryable: true,
    means: 'the API answered with a status that may pass (408, 425, 429, 5xx, a 403 that limits calls)',
  },
  HTTP_BUDGET_SPENT: {
    retryable: true,
    isWait: true,
    means: 'the vendor has been asked as often as its `budget` allows, and the next turn is a while away',
  },
  HTTP_REFUSED: { retryable: false, means: 'the API refused the request itself (other 4xx, a redirect)' },
  HTTP_UNREACHABLE: { retryable: true, means: 'the API did not answer, or not in full within its timeout' },
  HTTP_HOST_PRIVATE: {
    retryable: false,
    means: 'a pull leads to an address that is not public, and nobody has allowed the host',
  },
  TEMPORARY_FILE_FAILED: {
    retryable: true,
    means: 'a large answer could not be kept in a file of the worker while it is read',
  },
  HTTP_BODY_INVALID: {
    retryable: true,
    means: 'the body of an answer is cut, cannot be read in its format, or lacks the records',
  },
  HTTP_PAGES_LOOP: {
    retryable: true,
    means: 'the pages of the API never end: one came twice, or there are too many',
  },
  HTTP_PAGES_MOVED: {
    retryable: true,
    means: 'the list of the API changed while its pages were read: rows may have been skipped',
  },
  HTTP_LOGIN_INVALID: { retryable: false, means: 'the API answered a login without a token' },
  HTTP_MORE_PAGES: {
    retryable: false,
    means: 'the last answer of the API says that there are more rows than were read',
  },
  HTTP_TOO_FEW_ROWS: {
    retryable: true,
    means: 'the source gave fewer rows than the definition says is normal',
  },
  DRUID_QUERY_INVALID: { retryable: false, means: 'Druid refused the query itself' },
  DRUID_UNAUTHORIZED: { retryable: false, means: 'Druid wants a login, or the one it got may not do that' },
  DRUID_ANSWER_CUT: { retryable: true, means: "Druid's answer ended without its end marker" },
  DRUID_UNAVAILABLE: { retryable: true, means: 'Druid did not answer, or is out of capacity' },
  DRUID_SEGMENTS_MISSING: {
    retryable: true,
    means: 'segments of the interval are not loaded: an answer would be too low',
  },
  MARIADB_UNAVAILABLE: {
    retryable: true,
    means: 'MariaDB did not answer, or asked for the transaction to be repeated',
  },
  MARIADB_LOCKED: {
    retryable: true,
    means: 'another session holds a table or rows that a statement needs, and did not let go of them in time',
  },
  MARIADB_REFUSED: { retryable: false, means: 'MariaDB refused a statement' },
  KAFKA_UNAVAILABLE: { retryable: true, means: 'Kafka did not answer' },
  KAFKA_REFUSED: { retryable: false, means: 'Kafka refused an operation: credentials, rights or a policy' },
  CLEAN_TOPIC_CUT: {
    means: 'a clean topic has lost records that were written to it, and Druid may have read them',
    retryable: false,
  },
  TOPIC_UNREADABLE: {
    retryable: false,
    means: 'a raw topic is missing, or its records are in a codec that cannot be read',
  },
  TEMPORAL_UNAVAILABLE: { retryable: true, means: 'Temporal did not answer' },
  TEMPORAL_REFUSED: {
    retryable: false,
    means: 'Temporal refused a request: rights, namespace or search attributes',
  },
  SUPERSET_UNAVAILABLE: { retryable: true, means: 'Superset did not answer' },
  SUPERSET_REFUSED: { retryable: false, means: 'Superset refused a request' },
  ENV_TAKEN: { retryable: false, means: 'the env belongs to another project on the same servers' },
  OBJECT_FOREIGN: {
    retryable: false,
    means: 'an object with a name of ours exists, and millrace did not make it',
  },
  OBJECT_GONE: {
    retryable: true,
    means: 'somebody deleted an object while apply or a load was at work on it',
  },
  CHANGE_UNSUPPORTED: { retryable: false, means: 'apply cannot carry out this change of a definition yet' },
  APPLY_RUNNING: { retryable: true, means: 'another apply holds the lock of this env' },
  STACK_PREREQUISITE: { retryable: false, means: 'a toolchain that the stack needs is missing' },
  STACK_SERVER_FAILED: { retryable: false, means: 'a server of the stack did not become ready' },
  STACK_PORT_BUSY: { retryable: false, means: 'a port that the stack needs is taken by another program' },
} as const satisfies Record<string, { retryable: boolean; isWait?: true; means: string }>;

export type ErrorCode = keyof typeof ERROR_CODES;

/** Is it one of ours? What others throw has codes of its own. */
export function isErrorCode(code: unknown): code is ErrorCode {
  return typeof code === 'string' && Object.hasOwn(ERROR_CODES, code);
}

/** Does the code say that something is waited for, which is no fault? */
export function isWait(code: ErrorCode): boolean {
  return 'isWait' in ERROR_CODES[code];
}

export interface ErrorDetails {
  /** Names and values that help to find the cause: table, interval, url, file … Never a secret. */
  context?: Record<string, unknown>;
  cause?: unknown;
  /** Overrides the code's default, where the thrower knows better. */
  retryable?: boolean;
  /** How long the other side asked us to wait (Retry-After). */
  retryAfterMs?: number;
  /** What a load has staged up to now is worth nothing: its next try begins anew. */
  startsAgain?: true;
}

/** An error with a stable code. The message says what failed, with the value received, and what to do. */
export class MillraceError extends Error {
  readonly code: ErrorCode;
  readonly retryable: boolean;
  readonly context: Record<string, unknown>;
  readonly retryAfterMs: number | undefined;
  readonly startsAgain: boolean;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'MillraceError';
    this.code = code;
    this.retryable = details.retryable ?? ERROR_CODES[code].retryable;
    this.context = details.context ?? {};
    this.retryAfterMs = details.retryAfterMs;
    this.startsAgain = details.startsAgain ?? false;
  }
}

/** Is this one of ours, and (optionally) of this code? */
export function isMillraceError(error: unknown, code?: ErrorCode): error is MillraceError {
  return error instanceof MillraceError && (code === undefined || error.code === code);
}

/** What began it all: the last in the chain of causes. */
export function innermost(error: Error): Error {
  return error.cause instanceof Error ? innermost(error.cause) : error;
}

/** The text of anything that was thrown. */
export function messageOf(error: unknown): string {
  if (error instanceof AggregateError && error.message === '') return error.errors.map(messageOf).join('; ');
  return error instanceof Error ? error.message : String(error);
}
