import type { DruidClient } from '../clients/druid.ts';
import { MillraceError } from '../errors.ts';
import type { Load } from '../workflows/messages.ts';

/**
 * Refuses to go on while Druid would answer for this interval without some of its data: a datasource that the
 * broker does not know yet, or published segments that no server has loaded.
 * @throws DRUID_SEGMENTS_MISSING (retried)
 * @see https://github.com/apache/druid/issues/18738
 */
export async function refuseMissingSegments(
  druid: DruidClient,
  datasources: string[],
  load: Load,
): Promise<void> {
  for (const datasource of datasources) {
    const [known] = await druid.rows(
      `SELECT COUNT(*) AS n FROM INFORMATION_SCHEMA.TABLES WHERE TABLE_SCHEMA = 'druid' AND TABLE_NAME = '${datasource}'`,
    );
    if (Number(known?.['n']) === 0) throw missing(load, `Druid's broker does not know '${datasource}' yet`);
    const [segments] = await druid.rows(
      `SELECT COUNT(*) AS n FROM sys.segments WHERE datasource = '${datasource}' AND is_published = 1 AND is_overshadowed = 0
         AND is_available = 0 AND replication_factor <> 0 AND "end" > '${load.interval.start}' AND "start" < '${load.interval.end}'`,
    );
    const count = Number(segments?.['n']);
    if (count > 0) throw missing(load, `${count} segments of '${datasource}' are published but not loaded`);
  }
}

function missing(load: Load, why: string): MillraceError {
  return new MillraceError(
    'DRUID_SEGMENTS_MISSING',
    `${load.table} ${load.interval.start}: ${why}, so an answer would lack rows. Nothing was used; the query is repeated.`,
    { context: { table: load.table, interval: load.interval.start } },
  );
}
