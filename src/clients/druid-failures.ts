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
/** Tasks that cannot publish fail an hour apart. One of yesterday says nothing of a stream that was suspended since. */
const RECENT_MS = 2 * 3_600_000;
const MAX_LENGTH = 300;

/**
 * Why the tasks of a datasource fail, as long as they do: the two newest that have ended failed by themselves, the newest
 * within the last two hours, and none has lived longer since. A single failure is no sign, nor is a task that was ended
 * from outside (by a supervisor that has only just been made, by a person, with its indexer): the next one goes on. Druid
 * itself calls such a supervisor healthy, and goes on starting tasks.
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
  const [newest, before] = tasks.filter(({ duration }) => duration >= 0);
  if (newest?.statusCode !== 'FAILED' || before?.statusCode !== 'FAILED') return undefined;
  if (newest.ageMs - newest.duration > RECENT_MS) return undefined;
  const provenAfterMs = Math.max(PROVEN_AFTER_MS, newest.duration);
  if (tasks.some(({ statusCode, ageMs }) => statusCode === 'RUNNING' && ageMs > provenAfterMs))
    return undefined;
  const ofRecord = await unreadableRecord(call, url, newest.id);
  const why = cutTo(MAX_LENGTH, ofRecord ?? firstLine(newest.errorMsg));
  return { taskId: newest.id, why, isOfRecord: ofRecord !== undefined };
}

/** What Druid says of the first record that a task could not read. */
async function unreadableRecord(call: Call, url: string, taskId: string): Promise<string | undefined> {
  const answer = await call({ method: 'get', url: `/druid/indexer/v1/task/${taskId}/reports` });
  const report = reports.safeParse(optional(answer, url));
  return report.data?.ingestionStatsAndErrors.payload.unparseableEvents?.buildSegments[0]?.details[0];
}

/** Without the name of the Java class. */
function firstLine(message: string | null | undefined): string {
  const [line = ''] = (message ?? '').split('\n');
  return line.replace(/^[\w.$]+: /, '') || 'Druid does not say why';
}
