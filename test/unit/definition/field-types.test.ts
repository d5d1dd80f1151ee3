import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { t, z } from '../../../src/index.ts';
import type { Field, StreamDefinition } from '../../../src/definition/definition.ts';
import { emptyStream } from '../../../src/definition/stream-sql.ts';
import {
  FIELD_TYPES,
  meaningOf,
  typesFor,
  UNREAD,
  type FieldType,
} from '../../../src/definition/field-types/index.ts';
import type { TypeMeaning } from '../../../src/definition/field-types/meaning.ts';
import { supersetType } from '../../../src/definition/field-types/superset.ts';
import { defOf } from '../../../src/definition/field-types/zod-def.ts';
import { storedValue } from '../../../src/definition/row.ts';
import { CLICKS } from '../../support/clicks.ts';

const SRC = path.join(import.meta.dirname, '../../../src');

interface OnServers {
  /** Of a column, and of a column in the key. */
  mariadb: [string, string];
  /** As Superset names those two. */
  superset: [string, string];
  druid: [sql: string, dimension: string];
  /** SQL types that an answer of Druid may have, and some that it may not. */
  answers: string[];
  refuses: string[];
  stored: [value: unknown, stored: unknown];
  roles: string[];
}

/** Of the types that a source writes otherwise, and that are kept as timestamps. */
const ON_WIRE: Pick<OnServers, 'mariadb' | 'superset' | 'druid' | 'stored' | 'roles'> = {
  mariadb: ['datetime(3)', 'datetime(3)'],
  superset: ['DATETIME', 'DATETIME'],
  druid: ['VARCHAR', 'string'],
  stored: ['2026-01-31T05:00:00.000Z', '2026-01-31 05:00:00.000'],
  roles: ['eventTime', 'key', 'rowTime'],
};

const MEANS: Record<FieldType, OnServers> = {
  text: {
    mariadb: ['text', 'varchar(255)'],
    superset: ['TEXT', 'VARCHAR(255)'],
    druid: ['VARCHAR', 'string'],
    answers: ['VARCHAR', 'CHAR'],
    refuses: ['BIGINT', 'BOOLEAN', 'TIMESTAMP'],
    stored: ['5', '5'],
    roles: ['eventId', 'key'],
  },
  integer: {
    mariadb: ['bigint(20)', 'bigint(20)'],
    superset: ['BIGINT', 'BIGINT'],
    druid: ['BIGINT', 'long'],
    answers: ['BIGINT', 'INTEGER', 'SMALLINT', 'TINYINT'],
    refuses: ['DOUBLE', 'VARCHAR'],
    stored: [5, 5],
    roles: ['count', 'eventId', 'key'],
  },
  number: {
    mariadb: ['double', 'double'],
    superset: ['DOUBLE', 'DOUBLE'],
    druid: ['DOUBLE', 'double'],
    answers: ['DOUBLE', 'FLOAT', 'REAL', 'DECIMAL', 'BIGINT', 'INTEGER'],
    refuses: ['VARCHAR', 'BOOLEAN'],
    stored: [0.5, 0.5],
    roles: ['key'],
  },
  boolean: {
    mariadb: ['tinyint(1)', 'tinyint(1)'],
    superset: ['TINYINT', 'TINYINT'],
    druid: ['VARCHAR', 'string'],
    answers: ['BOOLEAN'],
    refuses: ['VARCHAR', 'BIGINT'],
    stored: [true, 1],
    roles: ['key'],
  },
  timestamp: {
    mariadb: ['datetime(3)', 'datetime(3)'],
    superset: ['DATETIME', 'DATETIME'],
    druid: ['VARCHAR', 'string'],
    answers: ['TIMESTAMP', 'VARCHAR'],
    refuses: ['DATE', 'BIGINT'],
    stored: ['2026-01-31T05:00:00Z', '2026-01-31 05:00:00.000'],
    roles: ['eventTime', 'key', 'rowTime'],
  },
  date: {
    mariadb: ['date', 'date'],
    superset: ['DATE', 'DATE'],
    druid: ['VARCHAR', 'string'],
    answers: ['DATE'],
    refuses: ['TIMESTAMP', 'VARCHAR'],
    stored: ['2026-01-31', '2026-01-31'],
    roles: ['key', 'rowTime'],
  },
  decimal: {
    mariadb: ['decimal(12,2)', 'decimal(12,2)'],
    superset: ['DECIMAL(12,2)', 'DECIMAL(12,2)'],
    druid: ['VARCHAR', 'string'],
    answers: ['VARCHAR', 'DOUBLE', 'BIGINT'],
    refuses: ['TIMESTAMP', 'BOOLEAN'],
    stored: ['-12.30', '-12.30'],
    roles: ['key'],
  },
  bigint: {
    mariadb: ['bigint(20)', 'bigint(20)'],
    superset: ['BIGINT', 'BIGINT'],
    druid: ['BIGINT', 'long'],
    answers: ['BIGINT', 'INTEGER', 'VARCHAR'],
    refuses: ['DOUBLE', 'TIMESTAMP'],
    stored: ['9223372036854775807', '9223372036854775807'],
    roles: ['count', 'eventId', 'key'],
  },
  json: {
    mariadb: ['longtext', 'longtext'],
    superset: ['LONGTEXT', 'LONGTEXT'],
    druid: ['VARCHAR', 'string'],
    answers: ['VARCHAR'],
    refuses: ['BIGINT', 'TIMESTAMP'],
    stored: ['[1,"a"]', '[1,"a"]'],
    roles: [],
  },
  unix: { ...ON_WIRE, answers: ['BIGINT', 'DOUBLE'], refuses: ['TIMESTAMP', 'VARCHAR'] },
  unixMs: { ...ON_WIRE, answers: ['BIGINT', 'DOUBLE'], refuses: ['TIMESTAMP', 'VARCHAR'] },
  local: { ...ON_WIRE, answers: ['VARCHAR'], refuses: ['TIMESTAMP', 'BIGINT'] },
};

const field = (type: FieldType): Field => ({
  name: 'x',
  ...(type === 'decimal' ? { precision: 12, scale: 2 } : {}),
  ...{ type, nullable: false, optional: false },
});
/** A value as a source sends it, where that is another than the one that is kept. */
const SENT: Partial<Record<FieldType, unknown>> = {
  decimal: -12.3,
  json: [1, 'a'],
  unix: 1_769_835_600,
  unixMs: '1769835600000',
  local: '2026-01-31 05:00',
};
const TYPES: [FieldType, OnServers][] = FIELD_TYPES.map(({ name }) => [name, MEANS[name]]);

test.each(TYPES)('a %s is this on each server', (type, means) => {
  const { mariadb, druid, roles } = meaningOf(field(type));
  const columns = [false, true].map((isKey) => mariadb.column(field(type), isKey));
  expect(columns).toEqual(means.mariadb);
  expect(columns.map((column) => supersetType(column).type)).toEqual(means.superset);
  expect([druid.sql, druid.dimension]).toEqual(means.druid);
  expect(means.answers.filter((sqlType) => !druid.answers.test(sqlType))).toEqual([]);
  expect(means.refuses.filter((sqlType) => druid.answers.test(sqlType))).toEqual([]);
  expect(Object.keys(roles).sort()).toEqual(means.roles);
});

test.each(TYPES)('a %s that is judged good is stored, and a value of no type is refused', (type, means) => {
  const [value, stored] = means.stored;
  const judged = meaningOf(field(type))
    .judge(field(type))
    .safeParse(SENT[type] ?? value);
  expect(judged.success && judged.data).toBe(value);
  expect(storedValue(field(type), value)).toBe(stored);
  for (const wrong of [{}, [], Infinity, '', null]) {
    const { success } = meaningOf(field(type)).judge(field(type)).safeParse(wrong);
    const isRight = (type === 'text' && wrong === '') || (type === 'json' && wrong !== null);
    expect(success, JSON.stringify(wrong)).toBe(isRight);
  }
  expect(() => storedValue(field(type), {})).toThrow('x: an object cannot be stored');
});

test('what a schema says is one type, and every call that a remedy names says its own', () => {
  const said = {
    'z.string()': z.string(),
    'z.enum()': z.enum(['a']),
    'z.int()': z.int(),
    'z.number()': z.number(),
    'z.boolean()': z.boolean(),
    'z.iso.datetime()': z.iso.datetime(),
    'z.iso.date()': z.iso.date(),
    't.decimal(12, 2)': t.decimal(12, 2),
    't.bigint()': t.bigint(),
    't.json()': t.json(),
    't.unix()': t.unix(),
    't.unixMs()': t.unixMs(),
    "t.local('Europe/Berlin')": t.local('Europe/Berlin'),
  };
  const namesOf = (schema: z.ZodType) =>
    FIELD_TYPES.filter(({ zod }) => zod.isSaidBy(defOf(schema))).map(({ name }) => name);
  const calls = FIELD_TYPES.flatMap(({ name, zod }) => zod.calls.map((call) => [call, [name]]));
  expect(Object.entries(said).map(([call, schema]) => [call, namesOf(schema)])).toEqual(calls);
  expect(namesOf(z.number().int().min(1))).toEqual(['integer']);
  expect(namesOf(z.email())).toEqual([]);
});

test('only a time says how the bounds of an interval compare with it', () => {
  const bounds = typesFor('rowTime').map(({ name, roles }) => [
    name,
    roles.rowTime?.calendars,
    roles.rowTime?.bound('2026-01-31T05:00:00Z'),
  ]);
  expect(bounds).toEqual([
    ['timestamp', 'all', '2026-01-31 05:00:00'],
    ['date', 'days in UTC', '2026-01-31'],
    ['unix', 'all', '2026-01-31 05:00:00'],
    ['unixMs', 'all', '2026-01-31 05:00:00'],
    ['local', 'all', '2026-01-31 05:00:00'],
  ]);
});

test('what is a time in Superset is decided by the type that the server names', () => {
  const isTime = ['timestamp', 'datetime(3)', 'DATE', 'time', 'text', 'bigint(20) unsigned'].filter(
    (type) => supersetType(type).isTime,
  );
  expect(isTime).toEqual(['timestamp', 'datetime(3)', 'DATE']);
  expect(supersetType('bigint(20) unsigned').type).toBe('BIGINT UNSIGNED');
});

test('a stream that does not exist yet is stood in for by a typed null of each field', () => {
  const fields = FIELD_TYPES.map(({ name }): Field => ({ ...field(name), name: `a_${name}` }));
  const stream: StreamDefinition = { ...CLICKS, fields, time: 'a_timestamp' };
  expect(emptyStream(stream)).toBe(
    '(SELECT * FROM (SELECT CAST(NULL AS TIMESTAMP) AS __time, CAST(NULL AS VARCHAR) AS "a_text", ' +
      'CAST(NULL AS BIGINT) AS "a_integer", CAST(NULL AS DOUBLE) AS "a_number", ' +
      'CAST(NULL AS VARCHAR) AS "a_boolean", CAST(NULL AS VARCHAR) AS "a_date", ' +
      'CAST(NULL AS VARCHAR) AS "a_decimal", CAST(NULL AS BIGINT) AS "a_bigint", ' +
      'CAST(NULL AS VARCHAR) AS "a_json", CAST(NULL AS VARCHAR) AS "a_unix", ' +
      'CAST(NULL AS VARCHAR) AS "a_unixMs", CAST(NULL AS VARCHAR) AS "a_local") LIMIT 0)',
  );
});

test('every type of the list has a name of its own and every part', () => {
  const parts = ['druid', 'expects', 'judge', 'mariadb', 'name', 'roles', 'zod'];
  const optional = ['isOnWire', 'isExact', 'fromText', 'guess'];
  for (const type of FIELD_TYPES)
    expect(
      Object.keys(type)
        .filter((part) => !optional.includes(part))
        .sort(),
    ).toEqual(parts);
  expect(new Set(FIELD_TYPES.map(({ name }) => name)).size).toBe(FIELD_TYPES.length);
  expect(FIELD_TYPES.map(({ name }) => name)).toContain(UNREAD);
});

test('every file that describes a type is in the list', async () => {
  const folder = path.join(SRC, 'definition/field-types');
  const described: string[] = [];
  for (const file of readdirSync(folder)) {
    const exports = (await import(path.join(folder, file))) as Record<string, unknown>;
    described.push(
      ...Object.values(exports)
        .filter(isMeaning)
        .map(({ name }) => name),
    );
  }
  expect(described.sort()).toEqual(FIELD_TYPES.map(({ name }) => String(name)).sort());
});

function isMeaning(value: unknown): value is TypeMeaning {
  return typeof value === 'object' && value !== null && 'judge' in value;
}

test('no other module knows a type by its name', () => {
  const names = /'(text|integer|timestamp|date|decimal|unix|unixMs)'/;
  const knowing = readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter(
    (file) =>
      file.endsWith('.ts') &&
      !file.startsWith('definition/field-types/') &&
      names.test(withoutDocstrings(readFileSync(path.join(SRC, file), 'utf8'))),
  );
  expect(knowing).toEqual([]);
});

/** An example there may show one. */
function withoutDocstrings(code: string): string {
  return code.replaceAll(/\/\*\*.*?\*\//gs, '');
}
