import type { WorkflowHandle } from '@temporalio/client';
import type { TemporalClient } from '../../clients/temporal.ts';
import type { Config } from '../../config.ts';
import type { TableDefinition } from '../../definition/definition.ts';
import { failureOf, hasFailed, type Failure } from '../failure.ts';
import { intervalStartOf } from '../interval-start.ts';
import { runUrl } from '../temporal-ui.ts';

/** The newest run of a table. */
export interface LastRun {
  workflowId: string;
  /** As Temporal calls it: RUNNING, COMPLETED, FAILED, … */
  status: string;
  /** Start of its interval, RFC 3339 in UTC; null where it has not resolved one yet. */
  intervalStart: string | null;
  startedAt: string;
  /** null: it has not ended. */
  endedAt: string | null;
  /** What it failed with; null: it has not failed. */
  failure: Failure | null;
  url: string;
}

/** The run of a table that goes on, else the one that ended last; null where Temporal knows none (any more). */
export async function lastRun(
  config: Config,
  temporal: TemporalClient,
  table: TableDefinition,
): Promise<LastRun | null> {
  const query = `Env = '${config.env}' AND TableName = '${table.name}' AND WorkflowType = 'refresh'`;
  // Temporal lists what has not ended before what has, the newest of each first.
  for await (const run of temporal.workflow.list({ query, pageSize: 1 })) {
    const { workflowId, runId, status, startTime, closeTime } = run;
    return {
      workflowId,
      status: status.name,
      intervalStart: intervalStartOf(run, table) ?? null,
      startedAt: rfc3339(startTime),
      endedAt: closeTime === undefined ? null : rfc3339(closeTime),
      failure: hasFailed(status) ? await failureIn(temporal.workflow.getHandle(workflowId, runId)) : null,
      url: runUrl(config, workflowId),
    };
  }
  return null;
}

async function failureIn(run: Pick<WorkflowHandle, 'result'>): Promise<Failure | null> {
  return run.result().then(() => null, failureOf);
}

function rfc3339(instant: Date): string {
  return instant.toISOString().replace(/\.\d+Z$/, 'Z');
}
