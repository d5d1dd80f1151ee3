import { z } from 'zod';
import type { Config } from '../config.ts';
import { messageOf, MillraceError } from '../errors.ts';
import { optional, refused, type Call } from './druid-http.ts';

const taskList = z.array(
  z.object({
    id: z.string(),
    type: z.string().nullish(),
    statusCode: z.string().nullish(),
    createdTime: z.string(),
    /** Milliseconds; -1 while it runs, and for ever where it was ended from outside instead of by itself. */
    duration: z.number().default(-1),
    errorMsg: z.string().nullish(),
  }),
);

/** A task, as Druid lists it. */
export type DruidTask = z.infer<typeof taskList>[number];

/** The tasks of a datasource, those that have ended included. */
export async function tasksOf(call: Call, url: string, datasource: string): Promise<DruidTask[]> {
  const answer = await call({ method: 'get', url: `/druid/indexer/v1/tasks?datasource=${datasource}` });
  return taskList.parse(refused(answer, url).data);
}

/** A segment that a server holds and serves, by its id. */
export interface ServedSegment {
  id: string;
  datasource: string;
}

/** What a task answered; or why it said nothing: it has ended, or it cannot be reached from here. */
export type TaskAnswer<T> = { said: T } | { silent: string };

/**
 * Next offset of each partition that a task reads, asked of the task itself: what the supervisor knows is up to 30 s
 * old.
 */
export async function taskOffsets(
  call: Call,
  config: Config['druid'],
  taskId: string,
): Promise<TaskAnswer<Record<string, number>>> {
  const path = `/druid/worker/v1/chat/${taskId}/offsets/current`;
  const answer = await asked(call, config, taskId, path);
  return 'silent' in answer ? answer : { said: z.record(z.string(), z.coerce.number()).parse(answer.said) };
}

const announcements = z.object({
  requests: z.array(z.object({ dataSource: z.string(), identifier: z.string() })),
});

/**
 * The segments that the server of a task has announced, those in its memory included: the very list by which the
 * broker learns of them.
 */
export async function servedSegments(
  call: Call,
  config: Config['druid'],
  taskId: string,
): Promise<TaskAnswer<ServedSegment[]>> {
  // -1 asks for the whole list instead of what has changed since.
  const path = '/druid-internal/v1/segments?counter=-1&timeout=1000';
  const answer = await asked(call, config, taskId, path);
  if ('silent' in answer) return answer;
  const said = announcements.parse(answer.said).requests.map(({ dataSource, identifier }) => ({
    id: identifier,
    datasource: dataSource,
  }));
  return { said };
}

const taskStatus = z.object({
  status: z.object({
    location: z.object({ host: z.string().nullable(), port: z.number(), tlsPort: z.number() }),
  }),
});

/** The router does not proxy a task's own endpoint: it is asked at the address where it runs. */
async function taskAddress(call: Call, config: Config['druid'], taskId: string): Promise<string | undefined> {
  const answer = await call({ method: 'get', url: `/druid/indexer/v1/task/${taskId}/status` });
  const location = taskStatus.safeParse(optional(answer, config.url));
  if (!location.success || location.data.status.location.host === null) return undefined;
  const { host, port, tlsPort } = location.data.status.location;
  return config.tasksUrl ?? (tlsPort > 0 ? `https://${host}:${tlsPort}` : `http://${host}:${port}`);
}

/** A task that has just ended answers with an error or not at all: the next poll sees its successor. */
async function asked(
  call: Call,
  config: Config['druid'],
  taskId: string,
  path: string,
): Promise<TaskAnswer<unknown>> {
  const base = await taskAddress(call, config, taskId);
  if (base === undefined) return { silent: `its task ${taskId} runs nowhere` };
  const silent = (why: string) => ({
    silent: `its task ${taskId} did not answer at ${base} (${why}; where that address cannot be reached from here, set MILLRACE_DRUID_TASKS_URL)`,
  });
  try {
    const { status, data } = await call({ method: 'get', url: `${base}${path}`, timeout: 5_000 });
    return status === 200 ? { said: data } : silent(`HTTP ${status}`);
  } catch (error) {
    return silent(messageOf(error instanceof MillraceError ? error.cause : error));
  }
}
