import { expect, test } from 'vitest';
import type { Field } from '../../../src/definition/definition.ts';
import { storedRow } from '../../../src/definition/row.ts';
import { compileValidator } from '../../../src/definition/validator.ts';

const field = (name: string, type: Field['type'], more: Partial<Field> = {}): Field => ({
  ...{ name, type, nullable: false, optional: false },
  ...more,
});

const FIELDS: Field[] = [
  field('id', 'text', { min: 1, max: 5, pattern: '^[a-z]+$' }),
  field('kind', 'text', { values: ['x', 'y'], nullable: true }),
  field('count', 'integer', { min: 0 }),
  field('ratio', 'number', { exclusiveMin: 0, exclusiveMax: 1, nullable: true }),
  field('live', 'boolean', { optional: true }),
  field('at', 'timestamp', { offset: true }),
  field('day', 'date'),
];
const validate = compileValidator(FIELDS);
const GOOD = {
  id: 'abc',
  kind: 'x',
  count: 3,
  ratio: 0.5,
  live: true,
  at: '2026-01-31T05:00:00+05:30',
  day: '2028-02-29',
};

test('a value that fits comes back with its declared fields alone', () => {
  expect(validate({ ...GOOD, more: 1, constructor: 2 })).toEqual({ ok: true, value: GOOD });
  const { live: _live, ...rest } = { ...GOOD, kind: null, ratio: null };
  expect(validate(rest)).toEqual({ ok: true, value: rest });
});

test.each<[string, unknown, string]>([
  [
    'id',
    '',
    "id: '' received, expected a text (at least 1 characters, at most 5 characters, matching /^[a-z]+$/)",
  ],
  [
    'id',
    'ABC',
    "id: 'ABC' received, expected a text (at least 1 characters, at most 5 characters, matching /^[a-z]+$/)",
  ],
  [
    'id',
    null,
    'id: null received, expected a text (at least 1 characters, at most 5 characters, matching /^[a-z]+$/)',
  ],
  ['kind', 'z', "kind: 'z' received, expected one of 'x', 'y' or null"],
  ['count', '3', "count: '3' received, expected a whole number (at least 0)"],
  ['count', 3.5, 'count: 3.5 received, expected a whole number (at least 0)'],
  ['count', 9007199254740993, 'count: 9007199254740992 received, expected a whole number (at least 0)'],
  ['count', -1, 'count: -1 received, expected a whole number (at least 0)'],
  ['ratio', 1, 'ratio: 1 received, expected a number (more than 0, less than 1) or null'],
  ['ratio', Infinity, 'ratio: Infinity received, expected a number (more than 0, less than 1) or null'],
  ['ratio', 'NA', "ratio: 'NA' received, expected a number (more than 0, less than 1) or null"],
  ['live', 'true', "live: 'true' received, expected true or false"],
  ['live', null, 'live: null received, expected true or false'],
  [
    'at',
    '2026-01-31T05:00:00',
    "at: '2026-01-31T05:00:00' received, expected a timestamp such as '2026-01-31T05:00:00Z'",
  ],
  [
    'at',
    '2026-02-30T05:00:00Z',
    "at: '2026-02-30T05:00:00Z' received, expected a timestamp such as '2026-01-31T05:00:00Z'",
  ],
  [
    'at',
    '0026-01-01T05:00:00Z',
    "at: '0026-01-01T05:00:00Z' received, expected a timestamp such as '2026-01-31T05:00:00Z'",
  ],
  [
    'at',
    '9999-12-31T23:59:59-05:00',
    "at: '9999-12-31T23:59:59-05:00' received, expected a timestamp such as '2026-01-31T05:00:00Z'",
  ],
  ['at', 1700000000000, "at: 1700000000000 received, expected a timestamp such as '2026-01-31T05:00:00Z'"],
  ['day', '2027-02-29', "day: '2027-02-29' received, expected a date such as '2026-01-31'"],
  ['day', { deep: [] }, "day: an object received, expected a date such as '2026-01-31'"],
  ['day', [1, 2], "day: a list of 2 received, expected a date such as '2026-01-31'"],
])('a wrong %s (%j) is named with the value and what was expected', (name, value, problem) => {
  expect(validate({ ...GOOD, [name]: value })).toEqual({ ok: false, problems: [problem] });
});

test('a missing field and every other mistake are reported together', () => {
  const { id: _id, ...rest } = GOOD;
  const result = validate({ ...rest, count: 'x', day: 1 });
  expect(result).toMatchObject({ ok: false });
  expect(result.ok ? [] : result.problems.map((problem) => problem.split(' received')[0])).toEqual([
    'id: missing, expected a text (at least 1 characters, at most 5 characters, matching /^[a-z]+$/)',
    "count: 'x'",
    'day: 1',
  ]);
});

test.each([[null], [7], ['text'], [[GOOD]], [undefined]])('%j is not an object', (value) => {
  expect(validate(value)).toEqual({
    ok: false,
    problems: [expect.stringMatching(/received, expected an object$/)],
  });
});

test('a timestamp without the offset option accepts Z alone', () => {
  const strict = compileValidator([field('at', 'timestamp')]);
  expect(strict({ at: '2026-01-31T05:00:00.123Z' }).ok).toBe(true);
  expect(strict({ at: '2026-01-31T05:00:00+01:00' }).ok).toBe(false);
});

test('hostile input is answered, not obeyed', () => {
  const deep = `${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)}`;
  const hostile: unknown = JSON.parse(
    `{"__proto__":{"id":"abc","polluted":1},"constructor":{"prototype":1},"id":${deep}}`,
  );
  const result = validate(hostile);
  expect(result).toMatchObject({ ok: false });
  expect(result.ok ? [] : result.problems[0]).toMatch(/^id: an object received/);
  expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
  const huge = validate({ ...GOOD, at: 'A\n'.repeat(5_000_000) });
  expect(huge.ok ? '' : huge.problems.join()).toMatch(/^at: '(A ){38}A…' received/);
  expect(validate(JSON.parse('{"__proto__":{"id":"abc"}}')).ok).toBe(false);
});

test('a valid row is stored in UTC, with numbers for booleans and null for what is absent', () => {
  const { live: _live, ...rest } = GOOD;
  expect(storedRow(FIELDS, GOOD)).toEqual(['abc', 'x', 3, 0.5, 1, '2026-01-30 23:30:00.000', '2028-02-29']);
  expect(storedRow(FIELDS, { ...rest, kind: null, at: '2026-01-31T05:00:00.123987Z' })).toEqual([
    ...['abc', null, 3, 0.5, null, '2026-01-31 05:00:00.123', '2028-02-29'],
  ]);
  expect(storedRow([field('live', 'boolean')], { live: false })).toEqual([0]);
});

test('a value that no validator passes is not stored', () => {
  expect(() => storedRow([field('id', 'text')], { id: {} })).toThrow('id: an object cannot be stored');
});
