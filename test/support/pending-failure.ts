import { defaultPayloadConverter } from '@temporalio/common';
import { WorkflowNotFoundError } from '../../src/clients/temporal.ts';
import type { LiveEnv } from './live-env.ts';
import { waitUntil } from './wait-until.ts';

/** What a run that has not ended shows of its troubles, as Temporal's web UI would. */
export const pendingFailure = {
  /** The newest failed try of the current activity: our code and message. */
  async of(
    { temporal }: LiveEnv,
    workflowId: string,
    timeoutMs = 30_000,
  ): Promise<{ type: string; message: string }> {
    let found: { type: string; message: string } | undefined;
    await waitUntil(
      async () => {
        const failure = (await currentActivity(temporal, workflowId))?.lastFailure;
        const type = failure?.applicationFailureInfo?.type;
        if (type !== null && type !== undefined) found = { type, message: failure?.message ?? '' };
        return found !== undefined;
      },
      { timeoutMs, saw: () => 'no failed try' },
    );
    return found ?? { type: '', message: '' };
  },

  /** What the current activity last said in its heartbeat. */
  async details({ temporal }: LiveEnv, workflowId: string): Promise<string> {
    let details = '';
    await waitUntil(
      async () => {
        const payload = (await currentActivity(temporal, workflowId))?.heartbeatDetails?.payloads?.[0];
        if (payload) details = String(defaultPayloadConverter.fromPayload(payload));
        return details !== '' && details !== 'undefined';
      },
      { timeoutMs: 30_000, saw: () => `heartbeat details '${details}'` },
    );
    return details;
  },
};

async function currentActivity(temporal: LiveEnv['temporal'], workflowId: string) {
  try {
    return (await temporal.workflow.getHandle(workflowId).describe()).raw.pendingActivities?.[0];
  } catch (error) {
    // The run that was asked for has not started its canonical child yet.
    if (error instanceof WorkflowNotFoundError) return undefined;
    throw error;
  }
}
