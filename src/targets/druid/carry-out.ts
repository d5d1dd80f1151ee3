import { setTimeout as sleep } from 'node:timers/promises';
import type { DruidClient } from '../../clients/druid.ts';
import { MillraceError } from '../../errors.ts';
import type { Outcome, Step } from '../target.ts';
import type { DesiredSupervisor, DruidObject } from './objects.ts';
import { remembered, typesIn } from './types.ts';

/** A task that was told to end publishes first, and waits until its segments are loaded: about a minute was seen. */
const TASKS_END_MS = 180_000;
/** A supervisor finds its tasks within a period of 10 s. */
const TASKS_FOUND_MS = 30_000;
const POLL_MS = 500;

/** @returns the types of all fields that the datasource has had */
export async function carryOut(
  druid: DruidClient,
  { action, desired, live }: Step<DesiredSupervisor, DruidObject>,
): Promise<Outcome | undefined> {
  if (action === 'retire') {
    if (live?.kind === 'supervisor') await terminate(druid, live.datasource);
    if (live?.kind === 'datasource') await drop(druid, live.datasource);
  } else if (desired !== undefined) {
    if (action === 'create') await forgetPositions(druid, desired);
    const isSuspended = live?.kind === 'supervisor' && live.isSuspended;
    await druid.postSupervisor(isSuspended ? { ...desired.spec, suspended: true } : desired.spec);
    return { learned: remembered(desired.held, typesIn(desired.fields)) };
  }
  return undefined;
}

/**
 * A supervisor tells those of its tasks to publish and to end that it has found. One that it started and has not found
 * yet would go on without it, and keep what it has read for itself.
 */
async function terminate(druid: DruidClient, id: string): Promise<void> {
  const deadlineMs = Date.now() + TASKS_FOUND_MS;
  while (Date.now() < deadlineMs && (await hasUnfoundTasks(druid, id))) await sleep(POLL_MS);
  await druid.terminateSupervisor(id);
}

async function hasUnfoundTasks(druid: DruidClient, id: string): Promise<boolean> {
  const status = await druid.supervisorStatus(id);
  const found = [...(status?.activeTasks ?? []), ...(status?.publishingTasks ?? [])].map((task) => task.id);
  return (await druid.runningTasks(id)).some((task) => !found.includes(task));
}

/**
 * A task that outlived its supervisor would publish after the drop, and what it had read would be back. Segments that
 * are out of use are deleted: Druid gives their ids again, and what is published under one that it knows is lost.
 */
async function drop(druid: DruidClient, datasource: string): Promise<void> {
  await untilTasksEnded(druid, datasource, (task) => druid.endTask(task));
  await druid.forgetPendingSegments(datasource);
  await druid.dropDatasource(datasource);
  const task = await druid.deleteUnusedSegments(datasource);
  await untilTasksEnded(druid, datasource);
  if ((await druid.endOfTask(task)) !== 'SUCCESS') throw notDeleted(datasource, task);
}

/**
 * Druid keeps the positions of a supervisor that was terminated, and one of the same name goes on from there. In a
 * topic that was made anew, or with a datasource that holds nothing, that would pass over events in silence.
 */
async function forgetPositions(druid: DruidClient, { datasource, spec, isTopicNew }: DesiredSupervisor) {
  if (!(await druid.wasSupervisor(datasource))) return;
  const holdsSome = async () => (await druid.usedSegments(datasource)).size > 0;
  // Tasks that go on in the same topic are taken over by the new supervisor, with what they have read.
  const goesOn = async () => (await druid.runningTasks(datasource)).length > 0 || (await holdsSome());
  if (!isTopicNew && (await goesOn())) return;
  // Its predecessor's tasks publish what they have read; a supervisor that finds them goes on from their positions.
  // They end when the coordinator has had their segments loaded: asked, it hears of them at once.
  await untilTasksEnded(druid, datasource, async () => void (await holdsSome()));
  // A task that begins where an earlier one began is given the same ids; under one that was used it publishes nothing.
  await druid.forgetPendingSegments(datasource);
  await druid.postSupervisor({ ...spec, suspended: true });
  await druid.resetSupervisor(datasource);
}

/** @throws DRUID_UNAVAILABLE when they go on for minutes */
async function untilTasksEnded(
  druid: DruidClient,
  datasource: string,
  hasten: (task: string) => Promise<void> = async () => undefined,
): Promise<void> {
  const deadlineMs = Date.now() + TASKS_END_MS;
  for (;;) {
    const tasks = await druid.runningTasks(datasource);
    if (tasks.length === 0) return;
    if (Date.now() > deadlineMs) throw stillRunning(datasource, tasks);
    for (const task of tasks) await hasten(task);
    await sleep(POLL_MS);
  }
}

function notDeleted(datasource: string, task: string): MillraceError {
  return new MillraceError(
    'DRUID_UNAVAILABLE',
    `Task ${task}, which was to delete the segments of datasource '${datasource}', failed. Look at its log in Druid, and have a task of type 'kill' delete them before a stream fills that datasource again: Druid would lose what it publishes under their ids.`,
    { context: { datasource, task } },
  );
}

function stillRunning(datasource: string, tasks: readonly string[]): MillraceError {
  return new MillraceError(
    'DRUID_UNAVAILABLE',
    `Tasks of datasource '${datasource}' have not ended for ${TASKS_END_MS / 60_000} min: ${tasks.join(', ')}. Look at them in Druid, and apply again when they have ended. If the topics of the stream were made anew, reset supervisor '${datasource}' in Druid then: it would go on from positions in the former ones.`,
    { context: { datasource } },
  );
}
