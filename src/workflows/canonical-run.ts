import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import { executeChild, ParentClosePolicy } from '@temporalio/workflow';
import type { LoadReport, RefreshInput } from '../load/messages.ts';
import { runWaits } from './calls.ts';
import type { refresh } from './refresh.ts';

const { awaitRun } = runWaits;

/** The one run that may load an interval. */
export interface CanonicalRun {
  workflowId: string;
  /** Default: that of the run that asks. */
  taskQueue?: string;
}

/** Runs the canonical run of an interval as a child or, where it is running already, waits for it. */
export async function runCanonical(run: CanonicalRun, input: RefreshInput): Promise<LoadReport> {
  try {
    return await executeChild<typeof refresh>('refresh', {
      ...run,
      args: [input],
      staticSummary: `${input.table} ${input.interval}`,
      workflowIdReusePolicy: 'ALLOW_DUPLICATE',
      // When the one that asked is terminated or times out, this one goes on: others may wait for it. A cancel is
      // another matter: Temporal passes it on to a child, though not to a run that is only waited for.
      parentClosePolicy: ParentClosePolicy.ABANDON,
    });
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    return awaitRun(run.workflowId);
  }
}
