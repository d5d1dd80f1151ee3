import { NativeConnection, Worker } from '@temporalio/worker';
import { createActivities } from '../activities/index.ts';
import { temporalConnection } from '../clients/temporal-address.ts';
import type { TaskQueueKind } from '../names.ts';
import { workflowBundle } from './bundle.ts';
import { openDeps } from './deps.ts';
import type { Role, RoleContext } from './role.ts';
import { startWriting } from './run-log.ts';
import { startSweeping } from './sweep.ts';
import { installRuntime } from './temporal-logger.ts';

/** How long running activities get when the worker stops; after that they are cancelled. */
const GRACE = '20s';
const MAX_ACTIVITIES = 20;

type Close = () => Promise<unknown>;

/**
 * Workflows and activities of one task queue, with connections of its own.
 * @throws TEMPORAL_UNAVAILABLE
 */
export async function openQueue(
  queue: TaskQueueKind,
  { config, log, redaction }: RoleContext,
): Promise<Role> {
  installRuntime(log);
  const opened: Close[] = [];
  try {
    const { deps, close } = await openDeps(config, log, redaction);
    opened.push(close, startWriting(deps.runLog, log).stop);
    const { connectionOptions, namespace } = temporalConnection(config);
    const connection = await NativeConnection.connect(connectionOptions);
    opened.push(() => connection.close());
    const workflows = workflowBundle();
    log.debug({ queue, workflows: workflows.hash }, 'workflows are loaded');
    const worker = await Worker.create({
      connection,
      namespace,
      taskQueue: deps.names.taskQueue(queue),
      workflowBundle: { codePath: workflows.codePath },
      activities: createActivities(deps),
      maxConcurrentActivityTaskExecutions: MAX_ACTIVITIES,
      shutdownGraceTime: GRACE,
    });
    return roleOf(worker, opened, () => {
      // One role per env is enough: another would look at the same tables.
      if (queue === 'live') opened.push(startSweeping(deps, log).stop);
    });
  } catch (error) {
    await closeAll(opened);
    throw error;
  }
}

function roleOf(worker: Worker, opened: Close[], onRun: () => void): Role {
  let running: Promise<void> | undefined;
  return {
    run() {
      onRun();
      return (running = worker.run());
    },

    async stop() {
      // Temporal's worker releases its connection at the end of a run only. One that never ran is run and ended at once.
      running ??= worker.runUntil(Promise.resolve());
      if (worker.getState() === 'RUNNING') worker.shutdown();
      // `run` has told its caller already what it failed with.
      await running.catch(() => undefined);
      await closeAll(opened);
    },
  };
}

async function closeAll(opened: Close[]): Promise<void> {
  for (const close of opened.reverse()) await close();
}
