import type { TemporalClient } from '../../clients/temporal.ts';
import type { Names } from '../../names.ts';

/**
 * The newest run of a table that has ended, if it failed: its workflow id. One that is still tried again is no
 * failure yet.
 */
export async function failedLastRun(
  temporal: TemporalClient,
  { env }: Pick<Names, 'env'>,
  table: string,
): Promise<string | undefined> {
  const query = `Env = '${env}' AND TableName = '${table}' AND WorkflowType = 'refresh' AND ExecutionStatus != 'Running'`;
  // Temporal lists what ended last first.
  for await (const { workflowId, status } of temporal.workflow.list({ query, pageSize: 1 })) {
    return status.name === 'FAILED' || status.name === 'TIMED_OUT' ? workflowId : undefined;
  }
  return undefined;
}
