import type { TemporalClient } from '../clients/temporal.ts';

/**
 * Workflow ids of the runs, and of the backfills, that load a table now.
 * @param scheduleId the table's: the id of every one of its runs begins with it
 */
export async function runningOf(temporal: TemporalClient, scheduleId: string): Promise<string[]> {
  const ids: string[] = [];
  for (const start of [`${scheduleId}-`, `${scheduleId}/`]) {
    const query = `WorkflowId STARTS_WITH '${start}' AND ExecutionStatus = 'Running'`;
    for await (const { workflowId } of temporal.workflow.list({ query })) ids.push(workflowId);
  }
  return ids;
}
