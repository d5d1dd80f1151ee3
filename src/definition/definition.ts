import type { FieldFacts } from './field-types/field-facts.ts';
import type { FieldType } from './field-types/index.ts';

/**
 * A definition as plain JSON: what the files in `pipelines/` compile to, what the catalogue stores by hash, and
 * all that workers and `apply` ever see. No functions, no secrets, no names that depend on the env.
 */
export type Definition =
  StreamDefinition | PullDefinition | RollupDefinition | ViewDefinition | ExternalDefinition;

/** A definition that is loaded by interval into one MariaDB table. */
export type TableDefinition = PullDefinition | RollupDefinition;

/** One column of a table, or one field of an event. */
export interface Field extends FieldFacts {
  type: FieldType;
}

/** How a definition tiles the time line. Days are local days of `zone`: 23, 24 or 25 hours long. */
export type Calendar = { kind: 'minutes'; n: number } | { kind: 'hour' } | { kind: 'day'; zone: string };

/** SQL as a list: plain text, the name of a definition it reads, or the bounds of the interval. */
export type SqlPart = string | { read: string } | { interval: true };

interface Common {
  name: string;
  description?: string;
  owner?: string;
}

export interface StreamDefinition extends Common {
  kind: 'stream';
  fields: Field[];
  /** The field that identifies an event, for removing duplicates. */
  id: string;
  /** The field with the event's time; becomes `__time` in Druid. */
  time: string;
  /** Window in which a second event with the same id is a duplicate. 0: none is removed. */
  dedupeMs: number;
  /** Raw topic of another program; absent: ours, made by apply. */
  topic?: string;
  /** Partitions of the topics that apply makes. */
  partitions: number;
  /** Version of the event schema; a part of the datasource's name. */
  version: number;
}

/**
 * What a load may write: the rows of its `interval`, which it replaces; single rows by their key, of which the newest
 * stays (`upsert`); or the whole table (`snapshot`).
 */
export type WriteName = 'interval' | 'upsert' | 'snapshot';

interface Table extends Common {
  calendar: Calendar;
  /** How long after its end an interval is due. */
  offsetMs: number;
  /** The column that says to which interval a row belongs. Absent: none does, and each load brings all rows. */
  time?: string;
  /** The primary key. */
  key: string[];
  fields: Field[];
}

/** The facts of its source stand beside these, under the name of the source's kind: `http`. Only that kind knows them. */
export interface PullDefinition extends Table {
  kind: 'pull';
  /** What a load may write; absent: its interval. */
  write?: WriteName;
  /** What becomes of rows outside the interval; absent: they fail the load. */
  outside?: 'fail' | 'drop';
  /** The first interval that exists begins then: RFC 3339, or a date in the calendar's zone. Absent: all do. */
  since?: string;
  /** MariaDB SQL: its source is asked once for each row of it. Absent: once. */
  forEach?: SqlPart[];
  /** Fewer rows than this in an interval are a fault of the source. */
  minRows: number;
}

export interface RollupDefinition extends Table {
  kind: 'rollup';
  sql: SqlPart[];
  /** By column: the stream whose events it counts, every one of the interval. Absent: none does. */
  counts?: Record<string, string>;
}

export interface ViewDefinition extends Common {
  kind: 'view';
  sql: SqlPart[];
}

export interface ExternalDefinition extends Common {
  kind: 'external';
  /** The MariaDB schema that holds it; absent: the env's own. */
  schema?: string;
  fields: Field[];
}

/** The definitions that this SQL reads, in order of first mention. */
export function readsOf(sql: SqlPart[]): string[] {
  const names = sql.flatMap((part) => (typeof part === 'object' && 'read' in part ? [part.read] : []));
  return [...new Set(names)];
}

export function isTable(definition: Definition): definition is TableDefinition {
  return definition.kind === 'pull' || definition.kind === 'rollup';
}

/** Definitions of one kind. */
export function ofKind<K extends Definition['kind']>(definitions: Definition[], kind: K) {
  return definitions.filter(
    (definition): definition is Extract<Definition, { kind: K }> => definition.kind === kind,
  );
}
