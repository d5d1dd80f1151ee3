import type { DruidClient } from '../../clients/druid.ts';
import type { ServedSegment } from '../../clients/druid-tasks.ts';
import { MillraceError } from '../../errors.ts';

/**
 * Refuses to go on while Druid would answer without some of its data: published segments that no server has loaded, or
 * segments in the memory of a task that the broker has not heard of yet. All of a datasource is looked at: what SQL
 * reads outside of the interval, nobody but Druid can tell.
 * @param asker whom the answer would be short for, as the message begins
 * @throws DRUID_SEGMENTS_MISSING (retried)
 * @see https://github.com/apache/druid/issues/18738
 */
export async function refuseMissingSegments(
  druid: DruidClient,
  datasources: string[],
  asker: string,
): Promise<void> {
  for (const datasource of datasources) {
    // What tasks serve is asked first: what they begin to serve later is newer than what this answer must hold.
    const served = await servedByTasks(druid, datasource, asker);
    const known = await druid.rows(
      `SELECT segment_id, is_published, is_overshadowed, is_available, replication_factor FROM sys.segments
       WHERE datasource = '${datasource}'`,
    );
    const unloaded = await stillUsed(druid, datasource, known.filter(isUnloaded));
    if (unloaded > 0)
      throw missing(asker, `${unloaded} segments of '${datasource}' are published but not loaded`);
    const ids = new Set(known.map((row) => String(row['segment_id'])));
    const unheard = served.filter(({ id }) => !ids.has(id)).length;
    if (unheard > 0)
      throw missing(asker, `the broker has not heard of ${unheard} segments of '${datasource}' yet`);
    if (!(await isKnown(druid, datasource)))
      throw missing(asker, `the broker does not know '${datasource}' yet`);
  }
}

/** How many of these are in use: of those that were dropped the broker hears up to a minute later. */
async function stillUsed(
  druid: DruidClient,
  datasource: string,
  segments: readonly Record<string, unknown>[],
): Promise<number> {
  if (segments.length === 0) return 0;
  const used = await druid.usedSegments(datasource);
  return segments.filter((row) => used.has(String(row['segment_id']))).length;
}

async function servedByTasks(
  druid: DruidClient,
  datasource: string,
  asker: string,
): Promise<ServedSegment[]> {
  const status = await druid.supervisorStatus(datasource);
  const tasks = [...(status?.activeTasks ?? []), ...(status?.publishingTasks ?? [])];
  const answers = await Promise.all(tasks.map((task) => druid.servedSegments(task.id)));
  return answers
    .flatMap((answer) => {
      if ('silent' in answer) throw missing(asker, `of the datasource '${datasource}' ${answer.silent}`);
      return answer.said;
    })
    .filter((segment) => segment.datasource === datasource);
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

/** Does the broker answer queries of this datasource? Before its first event there is none. */
export async function isKnown(druid: DruidClient, datasource: string): Promise<boolean> {
  const [known] = await druid.rows(
    `SELECT COUNT(*) AS n FROM INFORMATION_SCHEMA.TABLES WHERE TABLE_SCHEMA = 'druid' AND TABLE_NAME = '${datasource}'`,
  );
  return Number(known?.['n']) > 0;
}

function missing(asker: string, why: string): MillraceError {
  return new MillraceError(
    'DRUID_SEGMENTS_MISSING',
    `${asker}: ${why}, so an answer would lack rows. Nothing was used; the query is repeated.`,
  );
}
