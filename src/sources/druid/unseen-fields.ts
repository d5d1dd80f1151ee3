import type { DruidClient } from '../../clients/druid.ts';
import type { Field, StreamDefinition } from '../../definition/definition.ts';
import { MillraceError } from '../../errors.ts';
import type { Load } from '../../load/messages.ts';

/**
 * The declared fields of a stream that Druid's SQL does not know: no segment that the broker has looked at has them,
 * because no event has carried them yet. Asking for one would be an error; it reads as NULL.
 *
 * The broker looks at a new segment only some time after it answers from it. So each such field is looked for in the
 * rows themselves.
 * @throws DRUID_SEGMENTS_MISSING (retried) where rows hold a value that the broker's SQL cannot see yet
 */
export async function unseenFields(
  druid: DruidClient,
  datasource: string,
  { fields, time }: StreamDefinition,
  load: Load,
): Promise<Field[]> {
  const rows = await druid.rows(
    `SELECT COLUMN_NAME AS name FROM INFORMATION_SCHEMA.COLUMNS WHERE TABLE_SCHEMA = 'druid' AND TABLE_NAME = '${datasource}'`,
  );
  const known = new Set(rows.map(({ name }) => String(name)));
  const unseen = fields.filter(({ name }) => name !== time && !known.has(name));
  for (const { name } of unseen) {
    const holding = await druid.countHolding(datasource, name);
    if (holding > 0) throw unseenYet(load, datasource, name, holding);
  }
  return unseen;
}

function unseenYet(load: Load, datasource: string, field: string, rows: number): MillraceError {
  return new MillraceError(
    'DRUID_SEGMENTS_MISSING',
    `${load.table} ${load.interval.start}: Druid's broker does not know the field '${field}' of '${datasource}' yet, which ${rows} rows hold, so an answer would lack it. Nothing was used; the query is repeated.`,
    { context: { table: load.table, interval: load.interval.start } },
  );
}
