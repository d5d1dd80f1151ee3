import { z } from 'zod';
import { declare, type Declared, type Report } from './declared.ts';
import type { RollupDefinition, SqlPart } from '../definition/definition.ts';
import { TABLE, tableFacts, type TableOptions } from './table.ts';
import { readOptions } from './options.ts';
import { declaredIn, sqlParts, type SqlRules, type SqlText } from './sql.ts';

export interface RollupOptions<Row extends z.ZodObject> extends TableOptions<Row> {
  /** Druid SQL over streams, with `WHERE ${interval}`; its columns are those of `row`. */
  sql: SqlText;
}

const OPTIONS = { ...TABLE, sql: z.unknown() };

const RULES: SqlRules = {
  kind: 'rollup',
  reads: ['stream'],
  interval: true,
  remedy: 'a rollup reads streams; join tables in a view.',
};

/** Declares Druid SQL over streams whose result is kept in one MariaDB table. */
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
  return facts === undefined ? undefined : { kind: 'rollup', name, ...facts, sql };
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
