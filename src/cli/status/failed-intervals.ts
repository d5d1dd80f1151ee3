import type { TemporalClient } from '../../clients/temporal.ts';
import type { TableDefinition } from '../../definition/definition.ts';
import type { Names } from '../../names.ts';
import { failureOf, hasFailed, type Failure } from '../failure.ts';
import { intervalStartOf } from '../interval-start.ts';

/** Intervals of a table whose newest run failed. */
export interface FailedIntervals {
  /** RFC 3339 in UTC, the newest first; at most `NAMED`. */
  starts: string[];
  /** How many there are beside these. */
  others: number;
  /** More have failed, and were not looked at. */
  hasMore: boolean;
  /** The newest one's run, and what it failed with. */
  newest: { workflowId: string } & Failure;
}

const NAMED = 3;
/** Each costs a question of its own. */
const LOOKED_AT = 50;

/**
 * The intervals of a table whose newest run has failed, whatever became of other intervals since; undefined: none. A run
 * that is still tried again is no failure yet. Temporal keeps runs for a time (`NAMESPACE_RETENTION`), and forgets then.
 */
export async function failedIntervals(
  temporal: TemporalClient,
  { env, scheduleId }: Pick<Names, 'env' | 'scheduleId'>,
  table: TableDefinition,
): Promise<FailedIntervals | undefined> {
  const query = `Env = '${env}' AND TableName = '${table.name}' AND WorkflowType = 'refresh' AND (ExecutionStatus = 'Failed' OR ExecutionStatus = 'TimedOut')`;
  const seen = new Map<string, string>();
  // Temporal lists what ended last first. One interval may have failed more than once, always under one id.
  for await (const run of temporal.workflow.list({ query, pageSize: 200 })) {
    const { workflowId } = run;
    const start = intervalStartOf(run, table);
    // A run under another id had the canonical one as its child: that one is looked at.
    if (!workflowId.startsWith(`${scheduleId(table.name)}-`) || start === undefined) continue;
    if (!seen.has(workflowId)) seen.set(workflowId, start);
    if (seen.size === LOOKED_AT) break;
  }
  const stillFailed = await Promise.all(
    [...seen].map(async ([workflowId, start]) => {
      const { status } = await temporal.workflow.getHandle(workflowId).describe();
      return hasFailed(status) ? [{ workflowId, start }] : [];
    }),
  );
  const [newest, ...more] = stillFailed.flat();
  if (newest === undefined) return undefined;
  const starts = [newest, ...more].map(({ start }) => start);
  return {
    starts: starts.slice(0, NAMED),
    others: Math.max(0, starts.length - NAMED),
    hasMore: seen.size === LOOKED_AT,
    newest: {
      workflowId: newest.workflowId,
      ...(await temporal.workflow.getHandle(newest.workflowId).result().then(ended, failureOf)),
    },
  };
}

/** It went on while it was looked at. */
function ended(): Failure {
  return { code: 'RUN_FAILED', message: 'it has been loaded since' };
}
