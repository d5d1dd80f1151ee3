import { DefaultLogger, makeTelemetryFilterString, Runtime, type LogEntry } from '@temporalio/worker';
import type { Logger } from 'pino';
import { messageOf } from '../errors.ts';

const LEVELS = { TRACE: 'trace', DEBUG: 'debug', INFO: 'debug', WARN: 'warn', ERROR: 'error' } as const;

let isInstalled = false;

/**
 * Sends the log of Temporal's SDK to ours, that of its native core too, which would write to stderr by itself. The
 * runtime is one per process, whoever of the roles needs it first.
 */
export function installRuntime(log: Logger): void {
  if (isInstalled) return;
  Runtime.install({
    logger: temporalLogger(log),
    shutdownSignals: [],
    telemetryOptions: { logging: { forward: {}, filter: makeTelemetryFilterString({ core: 'WARN' }) } },
  });
  isInstalled = true;
}

/** What the SDK says of its healthy self (INFO) is detail to us. */
export function temporalLogger(log: Logger): DefaultLogger {
  return new DefaultLogger('INFO', ({ level, message, meta }: LogEntry) => {
    log[LEVELS[level]](fieldsOf(meta), message);
  });
}

/** An error is logged by its text: as an object, what it says would be lost. */
function fieldsOf({ error, taskToken: _, ...fields }: LogEntry['meta'] = {}): object {
  return error === undefined
    ? fields
    : { ...fields, error: error instanceof Error ? causesOf(error) : messageOf(error) };
}

/** `Activity failed: HTTP_REFUSED: …`, the outermost first. */
function causesOf(error: Error): string {
  const code = codeOf(error);
  const own = code === undefined ? error.message : `${code}: ${error.message}`;
  return error.cause instanceof Error ? `${own}: ${causesOf(error.cause)}` : own;
}

/** Ours have `code`; what has been through Temporal has it as its `type`. */
function codeOf(error: Error): string | undefined {
  const { code, type } = error as { code?: unknown; type?: unknown };
  return [code, type].find((known) => typeof known === 'string');
}
