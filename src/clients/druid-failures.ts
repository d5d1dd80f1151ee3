import { z } from 'zod';
import { optional, type Call } from './druid-http.ts';
import { tasksOf } from './druid-tasks.ts';
import { cutTo } from '../wording.ts';

/** The tasks that read a stream fail, one after the other. */
export interface TaskFailure {
  /** The newest that has failed. */
  taskId: string;
  /** What Druid says: of a record that it cannot read, which one. */
  why: string;
  /** Does Druid name a record that it cannot read? */
  isOfRecord: boolean;
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
/**
 * What Druid says of each task that it ends because its supervisor, or the overlord, has only just been made. Nothing is
 * wrong with those: the new supervisor begins where they were.
 */
const ENDED_BY_A_NEW_SUPERVISOR = /^Killing forcefully as task could not be resumed/;
const MAX_LENGTH = 300;

/**
 * Why the tasks of a datasource fail, as long as they do: the two newest that have ended failed, the newest within the
 * last hour, and none has gone on for 30 s since. A single failure is no sign: a task that goes with its indexer is made
 * good by the next one. Druid itself calls such a supervisor healthy, and goes on starting tasks.
 */
export async function lastFailure(
  call: Call,
  url: string,
  datasource: string,
  nowMs: number = Date.now(),
): Promise<TaskFailure | undefined> {
  const tasks = (await tasksOf(call, url, datasource))
    .filter(({ type, errorMsg }) => type === 'index_kafka' && !ENDED_BY_A_NEW_SUPERVISOR.test(errorMsg ?? ''))
    .map((one) => ({ ...one, ageMs: nowMs - Date.parse(one.createdTime) }))
    .sort((a, b) => a.ageMs - b.ageMs);
  const [newest, before] = tasks.filter(
    ({ statusCode }) => statusCode === 'SUCCESS' || statusCode === 'FAILED',
  );
  if (newest?.statusCode !== 'FAILED' || before?.statusCode !== 'FAILED') return undefined;
  if (newest.ageMs > RECENT_MS) return undefined;
  const isProven = tasks.some(({ statusCode, ageMs }) => statusCode === 'RUNNING' && ageMs > PROVEN_AFTER_MS);
  if (isProven) return undefined;
  const report = optional(
    await call({ method: 'get', url: `/druid/indexer/v1/task/${newest.id}/reports` }),
    url,
  );
  const parsed = reports.safeParse(report);
  const [record] = parsed.success
    ? (parsed.data.ingestionStatsAndErrors.payload.unparseableEvents?.buildSegments ?? [])
    : [];
  const ofRecord = record?.details[0];
  const why = cutTo(MAX_LENGTH, ofRecord ?? firstLine(newest.errorMsg));
  return { taskId: newest.id, why, isOfRecord: ofRecord !== undefined };
}

/** Without the name of the Java class. */
function firstLine(message: string | null | undefined): string {
  const [line = ''] = (message ?? '').split('\n');
  return line.replace(/^[\w.$]+: /, '') || 'Druid does not say why';
}
