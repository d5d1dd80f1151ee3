import { ApplicationFailure, Context } from '@temporalio/activity';
import { ApplicationFailureCategory } from '@temporalio/common';
import { setTimeout as sleep } from 'node:timers/promises';
import { WorkflowFailedError } from '../clients/temporal.ts';
import type { LoadReport } from '../workflows/messages.ts';
import type { ActivityDeps } from './deps.ts';

/** How long one try waits. Between tries no place in the worker is held: what is waited for may need it. */
const PATIENCE_MS = 5_000;

/**
 * Waits for a run that somebody else started, and returns what it returned. Fails, for good, as that run fails; while
 * it runs, each try ends with the retryable failure RUN_NOT_DONE.
 */
export const awaitRun =
  ({ temporal }: ActivityDeps) =>
  async (workflowId: string): Promise<LoadReport> => {
    const result = temporal.workflow.getHandle(workflowId).result() as Promise<LoadReport>;
    const notDone = sleep(PATIENCE_MS, undefined, { ref: false });
    try {
      const report = await Promise.race([result, notDone, Context.current().cancelled]);
      if (report !== undefined) return report;
    } catch (error) {
      if (error instanceof WorkflowFailedError) throw failedRun(workflowId, error);
      throw error;
    }
    result.catch(() => undefined);
    throw ApplicationFailure.create({
      type: 'RUN_NOT_DONE',
      message: `${workflowId} is still running.`,
      category: ApplicationFailureCategory.BENIGN,
    });
  };

function failedRun(workflowId: string, error: Error): ApplicationFailure {
  let deepest = error;
  while (deepest.cause instanceof Error) deepest = deepest.cause;
  const type = 'type' in deepest && typeof deepest.type === 'string' ? deepest.type : 'RUN_FAILED';
  return ApplicationFailure.create({
    type,
    message: `${workflowId} was waited for, and failed: ${deepest.message}`,
    nonRetryable: true,
  });
}
