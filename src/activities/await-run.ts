import { ApplicationFailure } from '@temporalio/activity';
import { WorkflowFailedError, type TemporalClient } from '../clients/temporal.ts';
import { innermost, type ErrorCode } from '../errors.ts';
import type { LoadReport } from '../load/messages.ts';
import { patience } from '../load/patience.ts';

const PAUSES = { firstPauseMs: 200, longestPauseMs: 1_000 };

/**
 * Waits for a run that somebody else started, and returns what it returned. Fails, for good, as that run fails; while
 * it runs, each try ends with the retryable failure RUN_NOT_DONE.
 *
 * The result is asked for when the run has ended: until then the client would go on asking, also after this try.
 */
export const awaitRun =
  ({ temporal }: { temporal: TemporalClient }) =>
  async (workflowId: string): Promise<LoadReport> => {
    const runId = await patience(PAUSES)('RUN_NOT_DONE', async () => {
      const { status, runId } = await temporal.workflow.getHandle(workflowId).describe();
      return status.name === 'RUNNING' ? { missing: `${workflowId} is still running.` } : { reached: runId };
    });
    return resultOf(temporal, workflowId, runId);
  };

async function resultOf(temporal: TemporalClient, workflowId: string, runId: string): Promise<LoadReport> {
  try {
    return (await temporal.workflow.getHandle(workflowId, runId).result()) as LoadReport;
  } catch (error) {
    throw error instanceof WorkflowFailedError ? failedRun(workflowId, error) : error;
  }
}

function failedRun(workflowId: string, error: Error): ApplicationFailure {
  const root = innermost(error);
  const unnamed: ErrorCode = 'RUN_FAILED';
  return ApplicationFailure.create({
    type: 'type' in root && typeof root.type === 'string' ? root.type : unnamed,
    message: `${workflowId} was waited for, and failed: ${root.message}`,
    nonRetryable: true,
  });
}
