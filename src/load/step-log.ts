import { activityInfo } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { hostname } from 'node:os';
import { isErrorCode, isMillraceError, isWait, messageOf } from '../errors.ts';
import type { Names } from '../names.ts';
import type { RunLine, RunLog } from '../store/run-log.ts';

/** One try of one step, as the run's log tells it. */
interface StepTry {
  /** @param result rows in it are told */
  ended(result: unknown): void;
  /** @param error without secrets */
  failed(error: unknown): void;
}

interface Deps {
  names: Pick<Names, 'tableOfRun'>;
  runLog: Pick<RunLog, 'note'>;
}

/**
 * Logs that a try of a step begins, and on which host.
 * @param input the activity's input; its table and its interval, if it has any, are the run's
 */
export function beginTry({ names, runLog }: Deps, input: unknown): StepTry {
  const { activityType: step, attempt: tryNumber, workflowExecution } = activityInfo();
  const { workflowId = '', runId = '' } = workflowExecution ?? {};
  const began = Date.now();
  const table = textIn(input, 'table') ?? names.tableOfRun(workflowId);
  let intervalStart = intervalIn(input);
  const say = (level: RunLine['level'], line: string) =>
    runLog.note({
      ...{ workflowId, runId, table, step, tryNumber, level, line, at: new Date().toISOString() },
      ...(intervalStart === undefined ? {} : { intervalStart }),
    });
  const after = () => `after ${((Date.now() - began) / 1_000).toFixed(1)} s`;
  say('info', `began on ${hostname()}, process ${process.pid}`);
  return {
    ended(result) {
      // What `resolve` returns: the load, or the run that may load the interval.
      intervalStart ??= intervalIn(valueIn(result, 'load')) ?? intervalIn(valueIn(result, 'input'));
      say('info', `ended ${after()}${rowsText(result)}`);
    },
    failed(error) {
      const { code, isFinal } = kindOf(error);
      const text = code === undefined ? messageOf(error) : `${code}: ${messageOf(error)}`;
      if (isErrorCode(code) && isWait(code)) return say('info', `waits, ${text}`);
      say('warn', `failed ${after()}${isFinal ? ', for good' : ''}, ${text}`);
    },
  };
}

/** One of ours, or one that another run has failed with. */
function kindOf(error: unknown): { code?: string; isFinal: boolean } {
  if (isMillraceError(error)) return { code: error.code, isFinal: !error.retryable };
  if (!(error instanceof ApplicationFailure)) return { isFinal: false };
  const isFinal = error.nonRetryable === true;
  return error.type ? { code: error.type, isFinal } : { isFinal };
}

/** Of a load, the start of its interval; of what starts a run, the one that it was told. */
function intervalIn(input: unknown): string | undefined {
  const start = textIn(input, 'interval') ?? textIn(valueIn(input, 'interval'), 'start');
  // Whoever starts a run by hand can write anything; MariaDB knows years of four digits.
  if (start === undefined || !/^\d{4}-\d\d-\d\dT/.test(start) || Number.isNaN(Date.parse(start))) {
    return undefined;
  }
  return new Date(start).toISOString().replace('.000Z', 'Z');
}

function rowsText(result: unknown): string {
  const rows = valueIn(result, 'rows');
  const replaced = valueIn(result, 'replacedRows');
  if (typeof rows !== 'number') return '';
  return `: ${rows} rows${typeof replaced === 'number' ? ` (${replaced} before)` : ''}`;
}

function textIn(holder: unknown, key: string): string | undefined {
  const value = valueIn(holder, key);
  return typeof value === 'string' ? value : undefined;
}

function valueIn(holder: unknown, key: string): unknown {
  return typeof holder === 'object' && holder !== null ? Reflect.get(holder, key) : undefined;
}
