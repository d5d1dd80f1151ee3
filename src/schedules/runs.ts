import { WorkflowExecutionAlreadyStartedError, type TemporalClient } from '../clients/temporal.ts';
import type { BackfillInput, BackfillReport, LoadReport, RefreshInput } from '../load/messages.ts';
import type { Names } from '../names.ts';
import { searchAttributes } from './search-attributes.ts';

/** The workflows, as who starts them sees them. */
type Refresh = (input: RefreshInput) => Promise<LoadReport>;
type Backfill = (input: BackfillInput) => Promise<BackfillReport>;

/**
 * Starts the one run that may load an interval; where it runs already, that is the one.
 * @returns its handle, and whether it was running already
 */
export async function startRefresh(
  temporal: TemporalClient,
  names: Names,
  workflowId: string,
  input: RefreshInput,
) {
  try {
    const handle = await temporal.workflow.start<Refresh>('refresh', {
      workflowId,
      taskQueue: names.taskQueue('live'),
      args: [input],
      workflowIdReusePolicy: 'ALLOW_DUPLICATE',
      typedSearchAttributes: searchAttributes(names, input.table),
      staticSummary: `${input.table} ${input.interval}`,
    });
    return { handle, isRunningAlready: false };
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    return { handle: temporal.workflow.getHandle<Refresh>(workflowId), isRunningAlready: true };
  }
}

/** Starts a backfill. The same one asked for twice at once is one. */
export function startBackfill(temporal: TemporalClient, names: Names, input: BackfillInput) {
  const { table, from, to, reprocess } = input;
  return temporal.workflow.start<Backfill>('backfill', {
    workflowId: names.backfillId(table, from, to, reprocess),
    taskQueue: names.taskQueue('bulk'),
    args: [input],
    workflowIdConflictPolicy: 'USE_EXISTING',
    typedSearchAttributes: searchAttributes(names, table),
    staticSummary: `${table} ${from} → ${to}`,
  });
}
