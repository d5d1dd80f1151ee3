import type { TemporalClient } from '../../clients/temporal.ts';
import type { Config } from '../../config.ts';
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
  url: string;
}

/** The run of a table that goes on, else the one that ended last; null where Temporal knows none (any more). */
export async function lastRun(
  config: Config,
  temporal: TemporalClient,
  table: string,
): Promise<LastRun | null> {
  const query = `Env = '${config.env}' AND TableName = '${table}' AND WorkflowType = 'refresh'`;
  // Temporal lists what has not ended before what has, the newest of each first.
  for await (const run of temporal.workflow.list({ query, pageSize: 1 })) {
    const { workflowId, status, startTime, closeTime, searchAttributes } = run;
    return {
      workflowId,
      status: status.name,
      intervalStart: intervalStartOf(searchAttributes) ?? null,
      startedAt: rfc3339(startTime),
      endedAt: closeTime === undefined ? null : rfc3339(closeTime),
      url: runUrl(config, workflowId),
    };
  }
  return null;
}

function rfc3339(instant: Date): string {
  return instant.toISOString().replace(/\.\d+Z$/, 'Z');
}
