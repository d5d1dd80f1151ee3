import { z } from 'zod';
import { countsFacts } from './counts.ts';
import { declare, type Declared, type Report } from './declared.ts';
import type { RollupDefinition, SqlPart } from '../definition/definition.ts';
import { TABLE, tableFacts, type TableOptions } from './table.ts';
import { isPlainObject, readOptions, wants } from './options.ts';
import { declaredIn, sqlParts, type SqlRules, type SqlText } from './sql.ts';
import type { Column } from './stream.ts';

export interface RollupOptions<Row extends z.ZodObject> extends TableOptions<Row> {
  /** Druid SQL over streams, with `WHERE ${interval}`; its columns are those of `row`. */
  sql: SqlText;
  /**
   * Columns that count the events of a stream, each with that stream: `{ sold: orders }`. `millrace balance`
   * holds their sum over an interval against the stream, so every event of the interval must be counted, and once: mark
   * no column of SQL that leaves events out (by WHERE, HAVING, an inner join) or counts some twice. Default: none.
   */
  counts?: { [Name in Column<Row>]?: Declared<'stream'> };
}

const COUNTS = wants('an object of columns and streams', '{ sold: orders }, or leave it out');

const OPTIONS = {
  ...TABLE,
  sql: z.unknown(),
  counts: z.custom<Record<string, unknown>>(isPlainObject, COUNTS).optional(),
};

const RULES: SqlRules = {
  kind: 'rollup',
  reads: ['stream'],
  interval: true,
  remedy: 'a rollup reads streams; join tables in a view.',
};

/**
 * Declares Druid SQL over streams whose result is kept in one MariaDB table.
 *
 * @example
 * export const ordersHourly = rollup('orders_hourly', {
 *   every: every.hour(),
 *   time: 'hour',
 *   key: ['hour', 'currency'],
 *   row: z.object({ hour: z.iso.datetime(), currency: z.string(), orders: z.int(), amount: z.number() }),
 *   sql: sql`
 *     SELECT TIME_FLOOR(__time, 'PT1H') AS "hour", currency, COUNT(*) AS orders, SUM(amount) AS amount
 *     FROM ${orders}
 *     WHERE ${interval}
 *     GROUP BY 1, 2`,
 *   counts: { orders },
 * });
 */
export function rollup<Row extends z.ZodObject>(
  name: string,
  options: RollupOptions<Row>,
): Declared<'rollup'> {
  const reads = declaredIn((options as { sql?: unknown } | undefined)?.sql);
  return declare('rollup', name, (report) => build(name, options, report), reads);
}

function build(name: string, options: unknown, report: Report): RollupDefinition | undefined {
  const read = readOptions(OPTIONS, options, '', report);
  const facts = tableFacts(read, report);
  const sql = sqlParts(read.sql, RULES, report);
  if (sql.length > 0) checkReferences(sql, report);
  const counted = countsFacts(read.counts, { fields: facts?.fields ?? [], sql }, report);
  return facts === undefined ? undefined : { kind: 'rollup', name, ...facts, sql, ...counted };
}

function checkReferences(sql: SqlPart[], report: Report): void {
  const references = sql.filter((part) => typeof part === 'object');
  if (!references.some((part) => 'interval' in part)) {
    report('sql', 'lacks ${interval}, so every interval would hold all rows; write WHERE ${interval}.');
  }
  if (!references.some((part) => 'read' in part)) {
    report('sql', 'reads no stream; write FROM ${departures} with the definition between the braces.');
  }
}
