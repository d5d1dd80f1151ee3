import { Context } from '@temporalio/activity';
import type { LoadReport } from '../workflows/messages.ts';
import type { ActivityDeps } from './deps.ts';

/**
 * Waits for a run that somebody else started, and returns what it returned. Fails as that run fails.
 */
export const awaitRun =
  ({ temporal }: ActivityDeps) =>
  async (workflowId: string): Promise<LoadReport> => {
    const result = temporal.workflow.getHandle(workflowId).result() as Promise<LoadReport>;
    return Promise.race([result, Context.current().cancelled]);
  };
