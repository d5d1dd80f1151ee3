import type { FieldType } from './definition.ts';

interface DruidType {
  /** In SQL. */
  sql: 'VARCHAR' | 'BIGINT' | 'DOUBLE';
  /** Of a dimension that is stored. */
  dimension: 'string' | 'long' | 'double';
}

const TEXT: DruidType = { sql: 'VARCHAR', dimension: 'string' };

/** What the fields of an event are in a stream's datasource. Its time field is `__time` instead, a timestamp. */
export const DRUID_TYPES: Record<FieldType, DruidType> = {
  text: TEXT,
  integer: { sql: 'BIGINT', dimension: 'long' },
  number: { sql: 'DOUBLE', dimension: 'double' },
  // Druid's own tables have no boolean: 'true' and 'false'.
  boolean: TEXT,
  timestamp: TEXT,
  date: TEXT,
};
