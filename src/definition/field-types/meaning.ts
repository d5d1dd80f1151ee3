import type { z } from 'zod';
import type { FieldFacts } from './field-facts.ts';
import type { Complain, ZodDef } from './zod-def.ts';

/**
 * All that a type of field means, here and on each server. One file per type exports one.
 *
 * Superset is told the server's own type (`superset.ts`), so nothing of it stands here.
 */
export interface TypeMeaning<Name extends string = string> {
  /** What a definition's facts and `external` call it. */
  name: Name;
  zod: {
    /** How a schema says it, as remedies name it; the first is the plainest: `z.string()`. */
    calls: readonly [string, ...string[]];
    /** Is it this type that the schema describes? One type at most says yes. */
    isSaidBy(def: ZodDef): boolean;
    /** Takes the facts of such a schema over into the field, and complains of what has no place there. */
    read(def: ZodDef, field: FieldFacts, complain: Complain): void;
  };
  /** A source writes so what a column of another type holds: a table that is not ours has no such column. */
  isOnWire?: true;
  /** Its numbers must be read without loss. What reads JSON for other types alone may round. */
  isExact?: true;
  /**
   * The schema that judges a value out of JSON which is neither null nor absent. It may give it another form, the one in
   * which we keep it: equal values are equal there.
   */
  judge(field: FieldFacts): z.ZodType;
  /** What a text means where a format has texts alone, as CSV; undefined where it is none of this type. Absent: the text. */
  fromText?(text: string): unknown;
  /**
   * How a schema would say these values, where they look like this type: `t.unix()`. `millrace try` asks the types of the
   * list from the last to the first, so that a general one comes after the special ones.
   */
  guess?(seen: SeenValues): string | undefined;
  /** What a field accepts, in words: `a number (at least 0)`. */
  expects(field: FieldFacts): string;
  mariadb: {
    /** The column's type, spelt as MariaDB itself shows it. In a key it has a length that an index can hold. */
    column(field: FieldFacts, isKey: boolean): string;
    /** What CAST calls the type: of the stand-in for a table, where SQL is checked without making one. */
    cast: string;
    /** What MariaDB is given for a value that was judged; undefined for a value that no judge of this type passes. */
    stored(value: unknown, field: FieldFacts): StoredValue | undefined;
  };
  druid: {
    /** In a stream's datasource: the type in SQL (of the stand-in for a datasource that is not there yet, too). */
    sql: 'VARCHAR' | 'BIGINT' | 'DOUBLE';
    /** In a stream's datasource: the type of the dimension. A field may become another type that shares it. */
    dimension: 'string' | 'long' | 'double';
    /** The SQL types that a rollup's answer may have for a column of this type. */
    answers: RegExp;
    /** What a text of such an answer means. Absent: the text. */
    fromAnswer?(text: string): unknown;
  };
  roles: Roles;
}

/** Values that were seen at one place of records; at least one, and none of them null. */
export interface SeenValues {
  values: readonly unknown[];
  /** Keys with dots between them. */
  place: string;
  /** Every value is a text, as in CSV. */
  isText: boolean;
}

/** What MariaDB is given for one column. */
export type StoredValue = string | number | null;

/** What a field of the type can serve as; a role that is absent it cannot play. */
export interface Roles {
  /** A part of a table's key: `key`. */
  key?: true;
  /** The id of an event: a stream's `id`. */
  eventId?: true;
  /** The number of a stream's events: in `counts` of a rollup. */
  count?: true;
  /** The time of an event, Druid's `__time`: a stream's `time`. */
  eventTime?: true;
  /** The time of a row, which says to which interval the row belongs: a table's `time`. */
  rowTime?: {
    /** Whether every calendar can use it. */
    calendars: 'all' | 'days in UTC';
    /** A bound of an interval (`2026-01-31T05:00:00Z`) as the column compares with it. */
    bound(instant: string): string;
  };
}

export type Role = keyof Roles;
