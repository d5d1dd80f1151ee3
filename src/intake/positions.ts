import type { DruidClient, SupervisorStatus } from '../clients/druid.ts';

/** Next clean offsets, by partition. */
export type NextOffsets = ReadonlyMap<number, bigint>;

/** How far one task of a supervisor is. */
export interface TaskPosition {
  id: string;
  /** It reads no more: it publishes what it has read, or waits until its segments are loaded. */
  isPublishing: boolean;
  /** Where it began. */
  from: NextOffsets;
  /** What it has read to, asked of the task itself. */
  to: NextOffsets;
  /** What it has read to as its supervisor knows, which is up to 30 s old. */
  reported: NextOffsets;
  /** Why it did not answer. */
  silent?: string;
}

/** What Druid has taken in of a stream, and what it says of itself. */
export interface Positions {
  supervisor: SupervisorStatus;
  tasks: readonly TaskPosition[];
}

/** Asks the tasks of a supervisor how far they are. @returns undefined where Druid has no such supervisor */
export async function positionsOf(
  druid: Pick<DruidClient, 'supervisorStatus' | 'taskOffsets'>,
  id: string,
): Promise<Positions | undefined> {
  const supervisor = await druid.supervisorStatus(id);
  if (supervisor === undefined) return undefined;
  const tasks = [
    ...supervisor.activeTasks.map((task) => ({ ...task, isPublishing: false })),
    ...supervisor.publishingTasks.map((task) => ({ ...task, isPublishing: true })),
  ].map(async (task): Promise<TaskPosition> => {
    const answer = await druid.taskOffsets(task.id);
    return {
      id: task.id,
      isPublishing: task.isPublishing,
      from: nextOffsets(task.startingOffsets),
      to: nextOffsets('said' in answer ? answer.said : undefined),
      reported: nextOffsets(task.currentOffsets),
      ...('silent' in answer ? { silent: answer.silent } : {}),
    };
  });
  return { supervisor, tasks: await Promise.all(tasks) };
}

/** The next offset of a partition that some task has come to, as the tasks say; undefined where none knows it. */
export function readTo({ tasks }: Pick<Positions, 'tasks'>, partition: number): bigint | undefined {
  return largest(tasks.flatMap(({ from, to }) => [from.get(partition), to.get(partition)]));
}

/** The same, with what the supervisor knows of tasks that cannot be reached from here. */
export function reportedTo(positions: Pick<Positions, 'tasks'>, partition: number): bigint | undefined {
  const reported = positions.tasks.map((task) => task.reported.get(partition));
  return largest([readTo(positions, partition), ...reported]);
}

/** Why tasks did not answer, and what the supervisor has met last. */
export function saidBy({ supervisor, tasks }: Positions): string[] {
  const silent = tasks.flatMap((task) => task.silent ?? []);
  const last = supervisor.recentErrors.at(-1)?.message?.split('\n')[0];
  return last === undefined ? silent : [...silent, `its last error: ${last}`];
}

/** Next offsets from plain JSON, as Druid and histories hold them. */
export function nextOffsets(
  offsets: Readonly<Record<string, number | string>> | null | undefined,
): NextOffsets {
  return new Map(
    Object.entries(offsets ?? {}).map(([partition, offset]) => [Number(partition), BigInt(offset)]),
  );
}

function largest(offsets: readonly (bigint | undefined)[]): bigint | undefined {
  return offsets.reduce(
    (most, offset) => (most === undefined || (offset !== undefined && offset > most) ? offset : most),
    undefined,
  );
}
