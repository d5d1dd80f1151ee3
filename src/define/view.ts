import { z } from 'zod';
import { declare, type Declared, type Report } from './declared.ts';
import type { ViewDefinition } from '../definition/definition.ts';
import { COMMON, commonFacts, readOptions, type CommonOptions } from './options.ts';
import { declaredIn, sqlParts, type SqlRules, type SqlText } from './sql.ts';

export interface ViewOptions extends CommonOptions {
  /** MariaDB SQL over pulls, rollups, views and externals. */
  sql: SqlText;
}

const OPTIONS = { ...COMMON, sql: z.unknown() };

const RULES: SqlRules = {
  kind: 'view',
  reads: ['pull', 'rollup', 'view', 'external'],
  interval: false,
  remedy: 'its events are in Druid; make a rollup of them and read that.',
};

/**
 * Declares MariaDB SQL over tables that is computed when read. It never runs, and is as fresh as what it reads.
 *
 * @example
 * export const revenue = view('revenue', {
 *   sql: sql`
 *     SELECT o.*, o.amount * r.euros AS euros
 *     FROM ${ordersHourly} o
 *     LEFT JOIN ${rates} r ON r.currency = o.currency AND r.day = DATE(o.hour)`,
 * });
 */
export function view(name: string, options: ViewOptions): Declared<'view'> {
  const reads = declaredIn((options as { sql?: unknown } | undefined)?.sql);
  return declare('view', name, (report) => build(name, options, report), reads);
}

function build(name: string, options: unknown, report: Report): ViewDefinition {
  const read = readOptions(OPTIONS, options, '', report);
  const sql = sqlParts(read.sql, RULES, report);
  if (sql.length > 0 && !sql.some((part) => typeof part === 'object' && 'read' in part)) {
    report('sql', 'reads no table; write FROM ${rates} with the definition between the braces.');
  }
  return { kind: 'view', name, ...commonFacts(read), sql };
}
