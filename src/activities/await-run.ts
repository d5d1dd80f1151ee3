import { ApplicationFailure, cancellationSignal } from '@temporalio/activity';
import { setTimeout as sleep } from 'node:timers/promises';
import { WorkflowFailedError, type TemporalClient } from '../clients/temporal.ts';
import { innermost, MillraceError, type ErrorCode } from '../errors.ts';
import type { LoadReport } from '../load/messages.ts';

/** How long one try waits. Between tries no place in the worker is held: what is waited for may need it. */
const PATIENCE_MS = 5_000;
const FIRST_PAUSE_MS = 200;
const MAX_PAUSE_MS = 1_000;

/**
 * Waits for a run that somebody else started, and returns what it returned. Fails, for good, as that run fails; while
 * it runs, each try ends with the retryable failure RUN_NOT_DONE.
 *
 * The result is asked for when the run has ended: until then the client would go on asking, also after this try.
 */
export const awaitRun =
  ({ temporal }: { temporal: TemporalClient }) =>
  async (workflowId: string): Promise<LoadReport> => {
    const deadlineMs = Date.now() + PATIENCE_MS;
    for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 1.5, MAX_PAUSE_MS)) {
      const { status, runId } = await temporal.workflow.getHandle(workflowId).describe();
      if (status.name !== 'RUNNING') return resultOf(temporal, workflowId, runId);
      if (Date.now() > deadlineMs) throw notDone(workflowId);
      await sleep(pauseMs, undefined, { signal: cancellationSignal() });
    }
  };

async function resultOf(temporal: TemporalClient, workflowId: string, runId: string): Promise<LoadReport> {
  try {
    return (await temporal.workflow.getHandle(workflowId, runId).result()) as LoadReport;
  } catch (error) {
    throw error instanceof WorkflowFailedError ? failedRun(workflowId, error) : error;
  }
}

function notDone(workflowId: string): MillraceError {
  return new MillraceError('RUN_NOT_DONE', `${workflowId} is still running.`);
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
