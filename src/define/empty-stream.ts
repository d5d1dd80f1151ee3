import type { Field, StreamDefinition } from './definition.ts';

const DRUID_TYPES: Record<Field['type'], string> = {
  text: 'VARCHAR',
  integer: 'BIGINT',
  number: 'DOUBLE',
  boolean: 'VARCHAR',
  timestamp: 'VARCHAR',
  date: 'VARCHAR',
};

/** A subquery with the columns of a stream's datasource and no rows, for where the datasource does not exist yet. */
export function emptyStream({ fields, time }: StreamDefinition): string {
  const columns = fields
    .filter(({ name }) => name !== time)
    .map(({ name, type }) => `CAST(NULL AS ${DRUID_TYPES[type]}) AS "${name}"`);
  const row = ['CAST(NULL AS TIMESTAMP) AS __time', ...columns].join(', ');
  // LIMIT 0, not a condition that is never true: Druid 33 fails on one that it can see through.
  return `(SELECT * FROM (SELECT ${row}) LIMIT 0)`;
}
