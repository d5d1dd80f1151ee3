import { Client, Connection } from '@temporalio/client';
import { loadClientConnectConfig, type LoadClientProfileOptions } from '@temporalio/envconfig';
import type { Config } from '../config.ts';
import { MillraceError, messageOf } from '../errors.ts';

export type TemporalClient = Client;

/**
 * How to reach Temporal, by its own conventions: the profile file and `TEMPORAL_*`, as the `temporal` CLI reads
 * them. Serves clients and workers alike.
 */
export function temporalConnection(config: Config) {
  const overrideEnvVars: NonNullable<LoadClientProfileOptions['overrideEnvVars']> = {};
  for (const [name, value] of Object.entries(config.temporalVariables)) {
    if (value !== undefined) overrideEnvVars[name] = value;
  }
  const { connectionOptions, namespace } = loadClientConnectConfig({ overrideEnvVars });
  return { connectionOptions, namespace: namespace ?? 'default' };
}

/** @throws TEMPORAL_UNAVAILABLE naming the address */
export async function connectTemporal(config: Config): Promise<TemporalClient> {
  const { connectionOptions, namespace } = temporalConnection(config);
  try {
    const connection = await Connection.connect({ connectTimeout: 5_000, ...connectionOptions });
    return new Client({ connection, namespace });
  } catch (error) {
    const address = connectionOptions.address ?? '127.0.0.1:7233';
    throw new MillraceError(
      'TEMPORAL_UNAVAILABLE',
      `Temporal at ${address} did not answer: ${messageOf(error)}. See 'millrace stack status'.`,
      { cause: error },
    );
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
