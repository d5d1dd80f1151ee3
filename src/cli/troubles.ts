import type { WorkflowExecutionDescription } from '@temporalio/client';
import { envOfTaskQueue } from '../names.ts';
import { envFlag } from './env-flag.ts';

/** A live worker takes a task within milliseconds. */
const UNCLAIMED_MS = 5_000;

/** Something that keeps a run from going on. */
export interface Trouble {
  /** Tells it from the run's other troubles, whatever it says. */
  place: string;
  /** The same from try to try: one of `ERROR_CODES`, a task queue without a worker, or what Temporal itself says. */
  cause: string;
  /** What a person reads behind the run's id: `stage is tried again after HTTP_STATUS: …`. */
  what: string;
}

type Described = Pick<WorkflowExecutionDescription, 'raw' | 'taskQueue'>;

/** What keeps a run from going on, as Temporal's description of it tells. */
export function troublesOf(run: Described): Trouble[] {
  return [...unclaimedTask(run), ...failuresOf(run)];
}

/**
 * Temporal lists a killed worker as a poller for another minute, and hands tasks to one that a network fault cut off. A
 * task that nobody takes, or whose taker does not answer, shows sooner that none is alive.
 */
function unclaimedTask({ taskQueue, raw }: Described): Trouble[] {
  const { scheduledTime, attempt } = raw.pendingWorkflowTask ?? {};
  if (!scheduledTime) return [];
  const queue = `no worker of task queue ${taskQueue}`;
  const cause = `task queue ${taskQueue}`;
  const start = `Start one: 'npx millrace worker${envFlag(envOfTaskQueue(taskQueue))}'.`;
  if ((attempt ?? 1) > 1) {
    const what = `${queue} has brought this run on in ${(attempt ?? 1) - 1} tries: none answers, or its workflow fails, and Temporal says why. ${start}`;
    return [{ place: 'task', cause, what }];
  }
  const waitedMs = Date.now() - Number(scheduledTime.seconds ?? 0) * 1_000;
  if (waitedMs < UNCLAIMED_MS) return [];
  const what = `${queue} has taken this run for ${Math.floor(waitedMs / 1_000)} s. ${start}`;
  return [{ place: 'task', cause, what }];
}

/** Of each activity that will be tried again: what its last try failed with. */
function failuresOf({ raw }: Described): Trouble[] {
  return (raw.pendingActivities ?? []).flatMap(({ activityId, activityType, lastFailure }) => {
    if (!lastFailure) return [];
    const code = lastFailure.applicationFailureInfo?.type;
    const message = lastFailure.message ?? '';
    const why = code ? `${code}: ${message}` : message;
    const what = `${activityType?.name ?? 'an activity'} is tried again after ${why}`;
    return [{ place: activityId ?? '', cause: code || message, what }];
  });
}
