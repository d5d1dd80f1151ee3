import type { Field, StreamDefinition } from './definition.ts';
import { meaningOf } from './field-types/index.ts';

/** A subquery with the columns of a stream's datasource and no rows, for where the datasource does not exist yet. */
export function emptyStream({ fields, time }: StreamDefinition): string {
  const columns = fields.filter(({ name }) => name !== time).map(nullColumn);
  const row = ['CAST(NULL AS TIMESTAMP) AS __time', ...columns].join(', ');
  // LIMIT 0, not a condition that is never true: Druid 33 fails on one that it can see through.
  return `(SELECT * FROM (SELECT ${row}) LIMIT 0)`;
}

/** A datasource with these columns beside its own, all NULL. */
export function withNulls(datasource: string, fields: readonly Field[]): string {
  if (fields.length === 0) return `"${datasource}"`;
  return `(SELECT *, ${fields.map(nullColumn).join(', ')} FROM "${datasource}")`;
}

function nullColumn(field: Field): string {
  return `CAST(NULL AS ${meaningOf(field).druid.sql}) AS "${field.name}"`;
}
