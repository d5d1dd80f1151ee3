import { activityInfo } from '@temporalio/activity';
import { hostname } from 'node:os';
import { isMillraceError, isWait, messageOf } from '../errors.ts';
import type { Names } from '../names.ts';
import type { RunLine, RunLog } from '../store/run-log.ts';

/** One attempt of one step, as the run's log tells it. */
interface Attempt {
  /** @param result rows in it are told */
  ended(result: unknown): void;
  /** @param error without secrets */
  failed(error: unknown): void;
}

interface Deps {
  names: Pick<Names, 'tableOfRun'>;
  runLog: Pick<RunLog, 'note'>;
}

/** Notes that an attempt begins, and by whom. @param input of the activity: where it names an interval, that is the run's */
export function beginAttempt({ names, runLog }: Deps, input: unknown): Attempt {
  const { activityType, attempt, workflowExecution } = activityInfo();
  const { workflowId = '', runId = '' } = workflowExecution ?? {};
  const began = Date.now();
  let intervalStart = intervalIn(input);
  const say = (level: RunLine['level'], line: string) =>
    runLog.note({
      ...{ workflowId, runId, table: names.tableOfRun(workflowId), step: activityType, attempt, level, line },
      ...(intervalStart === undefined ? {} : { intervalStart }),
      at: new Date().toISOString(),
    });
  const after = () => `after ${((Date.now() - began) / 1_000).toFixed(1)} s`;
  say('info', `began on ${hostname()}, process ${process.pid}`);
  return {
    ended(result) {
      intervalStart ??= intervalIn(valueIn(result, 'load'));
      say('info', `ended ${after()}${rowsText(result)}`);
    },
    failed(error) {
      const code = isMillraceError(error) ? error.code : undefined;
      const text = code === undefined ? messageOf(error) : `${code}: ${messageOf(error)}`;
      if (code !== undefined && isWait(code)) return say('info', `waits, ${text}`);
      const isFinal = isMillraceError(error) && !error.retryable;
      say('warn', `failed ${after()}${isFinal ? ', for good' : ''}, ${text}`);
    },
  };
}

/** Of a load, the start of its interval; of what starts a run, the one that it was told. */
function intervalIn(input: unknown): string | undefined {
  const interval = valueIn(input, 'interval');
  const start = typeof interval === 'string' ? interval : valueIn(interval, 'start');
  return typeof start === 'string' && !Number.isNaN(Date.parse(start))
    ? new Date(start).toISOString().replace('.000Z', 'Z')
    : undefined;
}

function rowsText(result: unknown): string {
  const rows = valueIn(result, 'rows');
  const replaced = valueIn(result, 'replacedRows');
  if (typeof rows !== 'number') return '';
  return `: ${rows} rows${typeof replaced === 'number' ? ` (${replaced} before)` : ''}`;
}

function valueIn(holder: unknown, key: string): unknown {
  return typeof holder === 'object' && holder !== null ? Reflect.get(holder, key) : undefined;
}
