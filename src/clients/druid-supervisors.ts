import { z } from 'zod';
import type { Config } from '../config.ts';
import { refused, type Call } from './druid-http.ts';
import { tasksOf } from './druid-tasks.ts';

export const SUPERVISORS = '/druid/indexer/v1/supervisor';

/** Where a supervisor is to read on: next offsets, by partition. */
export interface ResetOffsets {
  topic: string;
  offsets: ReadonlyMap<number, bigint>;
}

/** A command that has Druid go on with a supervisor which somebody suspended; curl asks for the password. */
export function resumeCommand(druid: Pick<Config['druid'], 'url' | 'auth'>, id: string): string {
  return `${postCommand(druid)} ${druid.url}${SUPERVISORS}/${id}/resume`;
}

/** A command that has a supervisor read on elsewhere. */
export function resetOffsetsCommand(
  druid: Pick<Config['druid'], 'url' | 'auth'>,
  id: string,
  reset: ResetOffsets,
): string {
  const body = JSON.stringify(resetBody(reset));
  return `${postCommand(druid)} -H 'content-type: application/json' -d '${body}' ${druid.url}${SUPERVISORS}/${id}/resetOffsets`;
}

/** A command that ends a task. */
export function endTaskCommand(druid: Pick<Config['druid'], 'url' | 'auth'>, taskId: string): string {
  return `${postCommand(druid)} ${druid.url}/druid/indexer/v1/task/${taskId}/shutdown`;
}

function postCommand({ auth }: Pick<Config['druid'], 'auth'>): string {
  return `curl -X POST${auth === undefined ? '' : ` -u '${auth.username}'`}`;
}

/**
 * Stores where a supervisor reads on in these partitions; the others keep their places. Its task is ended, and what it
 * had read without publishing it is read again by the next one.
 */
export async function resetOffsets(call: Call, url: string, id: string, reset: ResetOffsets): Promise<void> {
  const data = resetBody(reset);
  refused(await call({ method: 'post', url: `${SUPERVISORS}/${id}/resetOffsets`, data }), url);
}

function resetBody({ topic, offsets }: ResetOffsets): object {
  const partitionOffsetMap = Object.fromEntries(
    [...offsets].map(([partition, offset]) => [partition, Number(offset)]),
  );
  return { type: 'kafka', partitions: { type: 'end', stream: topic, partitionOffsetMap } };
}

/** Newest first. */
const history = z.array(z.object({ version: z.string() }));

/**
 * Since when a supervisor has had what it needs to move, Unix ms: it was made or resumed by then, and the newest of its
 * tasks that have not ended was.
 */
export async function settledSince(call: Call, url: string, id: string): Promise<number> {
  const answer = await call({ method: 'get', url: `${SUPERVISORS}/${id}/history` });
  const [newest] = history.parse(refused(answer, url).data);
  const running = (await tasksOf(call, url, id)).filter(({ statusCode }) => statusCode === 'RUNNING');
  const instants = [newest?.version, ...running.map(({ createdTime }) => createdTime)];
  return Math.max(0, ...instants.filter((instant) => instant !== undefined).map((one) => Date.parse(one)));
}
