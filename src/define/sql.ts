import type { SqlPart } from '../definition/definition.ts';
import { isDeclared, type Declared, type Kind, type Report } from './declared.ts';
import { shown } from '../wording.ts';

const SQL_TEXT = Symbol.for('millrace.sql');

/** SQL with its references, as the template made it. */
export interface SqlText {
  readonly [SQL_TEXT]: true;
  readonly strings: readonly (string | undefined)[];
  readonly values: readonly unknown[];
}

/** Stands for the bounds of the interval in a rollup's SQL: `WHERE ${interval}`. */
export const interval = Object.freeze({ millrace: 'interval' } as const);

/** What a template may interpolate. */
export type SqlValue = Declared | typeof interval;

/**
 * A template of SQL whose references are interpolations: `SELECT … FROM ${orders} WHERE ${interval}`. Every env puts
 * its own names there; a text or a number is refused, write it into the SQL itself.
 */
export function sql(strings: TemplateStringsArray, ...values: SqlValue[]): SqlText {
  return { [SQL_TEXT]: true, strings: [...strings], values };
}

/** The definitions that the SQL interpolates. */
export function declaredIn(text: unknown): Declared[] {
  return isSqlText(text) ? [...new Set(text.values.filter(isDeclared))] : [];
}

/** What a kind's SQL may read, and what to do about everything else. */
export interface SqlRules {
  kind: Kind;
  reads: readonly Kind[];
  interval: boolean;
  remedy: string;
  /** The option that holds it. Absent: `sql`. */
  option?: string;
}

/** Turns the template into parts and reports every interpolation that the rules refuse. */
export function sqlParts(text: unknown, rules: SqlRules, report: Report): SqlPart[] {
  const { option = 'sql' } = rules;
  if (!isSqlText(text)) {
    report(
      option,
      `${text === undefined ? 'is missing' : `${shown(text)} is not a template`}; write sql\`SELECT …\`.`,
    );
    return [];
  }
  const parts = text.strings.flatMap((string, index): SqlPart[] => {
    if (string === undefined) report(option, 'holds an invalid escape; write a backslash twice.');
    const own = string === undefined || string === '' ? [] : [string];
    if (index >= text.values.length) return own;
    const part = partOf(
      text.values[index],
      `after '${(string ?? '').trimEnd().slice(-24).trim()}'`,
      rules,
      report,
    );
    return part === undefined ? own : [...own, part];
  });
  if (text.strings.join('').trim() === '') report(option, 'is empty; write the SELECT.');
  return parts;
}

function partOf(value: unknown, where: string, rules: SqlRules, report: Report): SqlPart | undefined {
  const { option = 'sql' } = rules;
  if (value === interval) {
    if (!rules.interval)
      report(option, `\${interval} ${where}: a ${rules.kind} has no interval; leave it out.`);
    return { interval: true };
  }
  if (isDeclared(value)) {
    if (!rules.reads.includes(value.kind)) {
      report(option, `a ${rules.kind} cannot read ${value.kind} '${value.name}' (${where}); ${rules.remedy}`);
    }
    return { read: value.name };
  }
  const hint = value === undefined ? ' (a misspelt import, or files that import each other)' : '';
  report(
    option,
    `${shown(value)}${hint} is interpolated ${where}; interpolate a definition or \${interval} only.`,
  );
  return undefined;
}

function isSqlText(value: unknown): value is SqlText {
  return typeof value === 'object' && value !== null && SQL_TEXT in value;
}
