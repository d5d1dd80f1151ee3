import { z } from 'zod';
import { optional, type Call } from './druid-http.ts';
import { tasksOf } from './druid-tasks.ts';
import { cutTo } from '../wording.ts';

/** A task that reads a stream has failed, and what came after it has not proved yet that it fares better. */
export interface TaskFailure {
  taskId: string;
  /** What Druid says: of a record that it cannot read, which one. */
  why: string;
}

const unreadable = z.object({ details: z.array(z.string()).default([]) });
const reports = z.object({
  ingestionStatsAndErrors: z.object({
    payload: z.object({
      unparseableEvents: z.object({ buildSegments: z.array(unreadable).default([]) }).nullish(),
    }),
  }),
});

/** A task that meets a record which it cannot read fails within a second or two of its start. */
const PROVEN_AFTER_MS = 30_000;
/** A failure of yesterday says nothing of a stream whose supervisor has been suspended since. */
const RECENT_MS = 3_600_000;
const MAX_LENGTH = 300;

/**
 * Why the tasks of a datasource fail, as long as they do: the newest that has ended failed within the last hour, and none
 * has gone on for 30 s since. Druid itself calls such a supervisor healthy, and goes on starting tasks.
 */
export async function lastFailure(
  call: Call,
  url: string,
  datasource: string,
  nowMs: number = Date.now(),
): Promise<TaskFailure | undefined> {
  const tasks = (await tasksOf(call, url, datasource))
    .filter(({ type }) => type === 'index_kafka')
    .map((one) => ({ ...one, ageMs: nowMs - Date.parse(one.createdTime) }))
    .sort((a, b) => a.ageMs - b.ageMs);
  const ended = tasks.find(({ statusCode }) => statusCode === 'SUCCESS' || statusCode === 'FAILED');
  if (ended?.statusCode !== 'FAILED' || ended.ageMs > RECENT_MS) return undefined;
  const isProven = tasks.some(({ statusCode, ageMs }) => statusCode === 'RUNNING' && ageMs > PROVEN_AFTER_MS);
  if (isProven) return undefined;
  const report = optional(
    await call({ method: 'get', url: `/druid/indexer/v1/task/${ended.id}/reports` }),
    url,
  );
  const parsed = reports.safeParse(report);
  const [record] = parsed.success
    ? (parsed.data.ingestionStatsAndErrors.payload.unparseableEvents?.buildSegments ?? [])
    : [];
  return { taskId: ended.id, why: cutTo(MAX_LENGTH, record?.details[0] ?? firstLine(ended.errorMsg)) };
}

/** Without the name of the Java class. */
function firstLine(message: string | null | undefined): string {
  const [line = ''] = (message ?? '').split('\n');
  return line.replace(/^[\w.$]+: /, '') || 'Druid does not say why';
}
