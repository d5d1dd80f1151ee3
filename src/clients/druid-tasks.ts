import { z } from 'zod';
import type { Config } from '../config.ts';
import { optional, type Call } from './druid-http.ts';

/** A segment that a server holds and serves: its id, and the bounds of its interval as Druid writes them. */
export interface ServedSegment {
  id: string;
  datasource: string;
  start: string;
  end: string;
}

/**
 * Next offset of each partition that a task reads, asked of the task itself: what the supervisor knows is up to 30 s
 * old. Undefined where the task is gone.
 */
export async function taskOffsets(
  call: Call,
  config: Config['druid'],
  taskId: string,
): Promise<Record<string, number> | undefined> {
  const base = await taskAddress(call, config, taskId);
  const url = `${base}/druid/worker/v1/chat/${taskId}/offsets/current`;
  const body = base === undefined ? undefined : await asked(call, url);
  return body === undefined ? undefined : z.record(z.string(), z.coerce.number()).parse(body);
}

const announcements = z.object({
  requests: z.array(z.object({ dataSource: z.string(), interval: z.string(), identifier: z.string() })),
});

/**
 * The segments that the server of a task has announced, those in its memory included: the very list by which the
 * broker learns of them. Undefined where the task is gone.
 */
export async function servedSegments(
  call: Call,
  config: Config['druid'],
  taskId: string,
): Promise<ServedSegment[] | undefined> {
  const base = await taskAddress(call, config, taskId);
  // -1 asks for the whole list instead of what has changed since.
  const url = `${base}/druid-internal/v1/segments?counter=-1&timeout=1000`;
  const body = base === undefined ? undefined : await asked(call, url);
  if (body === undefined) return undefined;
  return announcements.parse(body).requests.map(({ dataSource, interval, identifier }) => {
    const [start = '', end = ''] = interval.split('/');
    return { id: identifier, datasource: dataSource, start, end };
  });
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
async function asked(call: Call, url: string): Promise<unknown> {
  const answer = await call({ method: 'get', url, timeout: 5_000 }).catch(() => undefined);
  return answer?.status === 200 ? answer.data : undefined;
}
