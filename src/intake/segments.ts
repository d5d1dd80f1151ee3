import type { DruidClient } from '../clients/druid.ts';
import type { ServedSegment } from '../clients/druid-tasks.ts';

/** Whom to ask which segments there are, and which of them the broker answers from. */
export type SegmentDeps = Pick<DruidClient, 'rows' | 'supervisorStatus' | 'servedSegments' | 'usedSegments'>;

/**
 * What Druid would leave out of an answer: published segments that no server has loaded, or segments in the memory of a
 * task that the broker has not heard of yet. All of a datasource is looked at: what SQL reads outside of an interval,
 * nobody but Druid can tell.
 * @returns undefined where nothing is missing
 * @see https://github.com/apache/druid/issues/18738
 */
export async function missingSegments(druid: SegmentDeps, datasource: string): Promise<string | undefined> {
  // What tasks serve is asked first: what they begin to serve later is newer than what this answer must hold.
  const served = await servedByTasks(druid, datasource);
  if ('silent' in served) return `of the datasource '${datasource}' ${served.silent}`;
  const known = await druid.rows(
    `SELECT segment_id, is_published, is_overshadowed, is_available, replication_factor FROM sys.segments
     WHERE datasource = '${datasource}'`,
  );
  const unloaded = await stillUsed(druid, datasource, known.filter(isUnloaded));
  if (unloaded > 0) return `${unloaded} segments of '${datasource}' are published but not loaded`;
  const ids = new Set(known.map((row) => String(row['segment_id'])));
  const unheard = served.segments.filter(({ id }) => !ids.has(id)).length;
  if (unheard > 0) return `the broker has not heard of ${unheard} segments of '${datasource}' yet`;
  if (!(await isKnown(druid, datasource))) return `the broker does not know '${datasource}' yet`;
  return undefined;
}

/** Does the broker answer queries of this datasource? Before its first event there is none. */
export async function isKnown(druid: Pick<DruidClient, 'rows'>, datasource: string): Promise<boolean> {
  const [known] = await druid.rows(
    `SELECT COUNT(*) AS n FROM INFORMATION_SCHEMA.TABLES WHERE TABLE_SCHEMA = 'druid' AND TABLE_NAME = '${datasource}'`,
  );
  return Number(known?.['n']) > 0;
}

/** How many of these are in use: of those that were dropped the broker hears up to a minute later. */
async function stillUsed(
  druid: SegmentDeps,
  datasource: string,
  segments: readonly Record<string, unknown>[],
): Promise<number> {
  if (segments.length === 0) return 0;
  const used = await druid.usedSegments(datasource);
  return segments.filter((row) => used.has(String(row['segment_id']))).length;
}

async function servedByTasks(
  druid: SegmentDeps,
  datasource: string,
): Promise<{ segments: ServedSegment[] } | { silent: string }> {
  const status = await druid.supervisorStatus(datasource);
  const tasks = [...(status?.activeTasks ?? []), ...(status?.publishingTasks ?? [])];
  const segments: ServedSegment[] = [];
  for (const answer of await Promise.all(tasks.map((task) => druid.servedSegments(task.id)))) {
    if ('silent' in answer) return answer;
    segments.push(...answer.said.filter((segment) => segment.datasource === datasource));
  }
  return { segments };
}

function isUnloaded(row: Record<string, unknown>): boolean {
  const isTrue = (column: string) => Number(row[column]) === 1;
  return (
    isTrue('is_published') &&
    !isTrue('is_overshadowed') &&
    !isTrue('is_available') &&
    row['replication_factor'] !== 0
  );
}
