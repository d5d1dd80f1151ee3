import { CommanderError } from '@commander-js/extra-typings';
import { temporalError, WorkflowFailedError } from '../clients/temporal.ts';
import { isMillraceError, messageOf, type ErrorCode } from '../errors.ts';
import { failureOf } from './failure.ts';
import { tell } from './print.ts';

/** Exit codes; everything not listed is 1, "the operation failed". */
const BY_CODE: Partial<Record<ErrorCode, number>> = {
  INPUT_INVALID: 2,
  CONFIG_INVALID: 2,
  INTERVAL_INVALID: 2,
  INTERVAL_BEFORE_SINCE: 2,
  INTERVAL_IN_FUTURE: 2,
  NO_INTERVALS: 2,
  TABLE_UNKNOWN: 3,
  ENV_TAKEN: 5,
  OBJECT_FOREIGN: 5,
  OBJECT_GONE: 5,
  APPLY_RUNNING: 5,
  DRUID_UNAVAILABLE: 69,
  MARIADB_UNAVAILABLE: 69,
  KAFKA_UNAVAILABLE: 69,
  TEMPORAL_UNAVAILABLE: 69,
  SUPERSET_UNAVAILABLE: 69,
};

const BUG = 70;

/** Says what went wrong on stderr and ends the process with the code that fits. */
export function exitWith(thrown: unknown): never {
  const error = temporalError(thrown) ?? thrown;
  // The help that was asked for is printed; a mistake in the words is one of ours by now.
  if (error instanceof CommanderError) process.exit(error.exitCode);
  if (isMillraceError(error)) {
    // A list of problems stands on lines of its own.
    const gap = error.message.includes('\n') ? '\n' : ' ';
    tell(`${error.code}:${gap}${error.message}\n`);
    process.exit(BY_CODE[error.code] ?? 1);
  }
  if (error instanceof WorkflowFailedError) {
    const { code, message } = failureOf(error);
    tell(`${code}: ${message}\n`);
    process.exit(BY_CODE[code as ErrorCode] ?? 1);
  }
  tell(
    `${error instanceof Error ? (error.stack ?? error.message) : messageOf(error)}\nThis is a fault of millrace itself.\n`,
  );
  process.exit(BUG);
}
