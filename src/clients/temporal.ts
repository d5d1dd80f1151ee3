import {
  Client,
  Connection,
  isGrpcServiceError,
  NamespaceNotFoundError,
  ServiceError,
  WorkflowNotFoundError,
} from '@temporalio/client';
import type { Config } from '../config.ts';
import { MillraceError, messageOf } from '../errors.ts';
import { DEFAULT_ADDRESS, temporalConnection } from './temporal-address.ts';

export type TemporalClient = Client;

/** @throws TEMPORAL_UNAVAILABLE naming the address */
export async function connectTemporal(config: Config): Promise<TemporalClient> {
  const { connectionOptions, namespace } = temporalConnection(config);
  try {
    const connection = await Connection.connect({ connectTimeout: 5_000, ...connectionOptions });
    return new Client({ connection, namespace });
  } catch (error) {
    const address = connectionOptions.address ?? DEFAULT_ADDRESS;
    throw new MillraceError(
      'TEMPORAL_UNAVAILABLE',
      `Temporal at ${address} did not answer: ${messageOf(error)}. See 'npx millrace stack status'.`,
      { cause: error },
    );
  }
}

/**
 * What a request to Temporal has failed with, where it was Temporal that refused it or did not answer; undefined for
 * every other error.
 */
export function temporalError(error: unknown): MillraceError | undefined {
  if (error instanceof NamespaceNotFoundError) return refused(error, NOT_FOUND, error.message);
  const refusal = error instanceof ServiceError ? error.cause : error;
  if (!(refusal instanceof Error) || !isGrpcServiceError(refusal)) return undefined;
  const { code, details } = refusal;
  if (PASSING.has(code)) {
    const text = `Temporal did not answer: ${details}. See 'npx millrace stack status', then try again.`;
    return new MillraceError('TEMPORAL_UNAVAILABLE', text, { cause: error });
  }
  return refused(error, code, details);
}

function refused(cause: unknown, code: number, details: string): MillraceError {
  const remedy = REMEDIES.find(({ fits }) => fits(code, details))?.remedy ?? '';
  const text = `Temporal refused a request: ${details.replace(/\.$/, '')}. ${remedy}`.trim();
  return new MillraceError('TEMPORAL_REFUSED', text, { cause });
}

/** gRPC's CANCELLED, UNKNOWN, DEADLINE_EXCEEDED, RESOURCE_EXHAUSTED, ABORTED, INTERNAL, UNAVAILABLE. */
const PASSING = new Set([1, 2, 4, 8, 10, 13, 14]);
const NOT_FOUND = 5;
const NO_RIGHTS = new Set([7, 16]);

const REMEDIES: { fits: (code: number, details: string) => boolean; remedy: string }[] = [
  {
    fits: (_code, details) => /search ?attribute/i.test(details),
    remedy: "Make the search attributes in its namespace: docs/production.md has the commands ('Temporal').",
  },
  {
    fits: (code) => NO_RIGHTS.has(code),
    remedy: 'Check TEMPORAL_API_KEY or the client certificate, and that it may write in TEMPORAL_NAMESPACE.',
  },
  {
    fits: (code, details) => code === NOT_FOUND && /namespace/i.test(details),
    remedy:
      'Check TEMPORAL_NAMESPACE, or make it: temporal operator namespace create --namespace "$TEMPORAL_NAMESPACE" --address "$TEMPORAL_ADDRESS".',
  },
];

/** How runs end. Any other state, one that Temporal adds as well, can go on. */
const ENDS = ['COMPLETED', 'FAILED', 'CANCELLED', 'TERMINATED', 'CONTINUED_AS_NEW', 'TIMED_OUT'];

/** Has a run come to its end? `unknown`: Temporal keeps no such run, or never had it. */
export async function endOf(
  client: TemporalClient,
  { workflowId, runId }: { workflowId: string; runId: string },
): Promise<'ended' | 'open' | 'unknown'> {
  try {
    const { status } = await client.workflow.getHandle(workflowId, runId).describe();
    return ENDS.includes(status.name) ? 'ended' : 'open';
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return 'unknown';
    throw error;
  }
}

/** Who polls a queue for workflow tasks, by identity (`pid@host` unless told). */
export async function pollersOf(client: TemporalClient, taskQueue: string): Promise<string[]> {
  const { pollers } = await client.workflowService.describeTaskQueue({
    namespace: client.options.namespace,
    taskQueue: { name: taskQueue },
    taskQueueType: WORKFLOW_TASKS,
  });
  return (pollers ?? []).map(({ identity }) => identity ?? '');
}

/** TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW of Temporal's API. */
const WORKFLOW_TASKS = 1;

/** What Temporal says of a schedule or workflow that is not there, or is there already. */
export {
  ScheduleAlreadyRunning,
  ScheduleNotFoundError,
  WorkflowExecutionAlreadyStartedError,
  WorkflowFailedError,
  WorkflowNotFoundError,
} from '@temporalio/client';
