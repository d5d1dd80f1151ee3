import { expect, test } from 'vitest';
import { differencesOf } from '../../../src/targets/difference.ts';
import { fingerprintOf } from '../../../src/targets/secret.ts';
import type { Desired, Fields } from '../../../src/targets/target.ts';

const desired = (fields: Fields, unseen: Fields = {}): Desired => ({ object: 'x', fields, unseen });
const made = (fields: Fields, unseen: Fields = {}, learned: Fields = {}) => ({
  hash: 'h',
  made: { fields, unseen, learned },
});

test('objects are compared key by key, by their paths; what the server adds is not ours', () => {
  const live = { spec: { a: 1, theirs: 5, deep: { b: 'y' } }, more: true };
  expect(differencesOf(desired({ spec: { a: 1, deep: { b: 'x', c: [1] } } }), live, undefined)).toEqual([
    { path: ['spec', 'deep', 'b'], live: 'y', desired: 'x', byHand: false },
    { path: ['spec', 'deep', 'c'], live: undefined, desired: [1], byHand: false },
  ]);
});

test('null and absent are the same; the order of keys does not count', () => {
  const live = { a: undefined, list: [{ y: 2, x: 1 }] };
  expect(differencesOf(desired({ a: null, list: [{ x: 1, y: 2 }] }), live, undefined)).toEqual([]);
});

test('what the record says as well was changed by hand', () => {
  const recorded = made({ a: 1, b: 1 });
  expect(differencesOf(desired({ a: 1, b: 2 }), { a: 9, b: 9 }, recorded)).toEqual([
    { path: ['a'], live: 9, desired: 1, byHand: true },
    { path: ['b'], live: 9, desired: 2, byHand: false },
  ]);
});

test('a part that we set once, and no longer, is taken away where it is still there', () => {
  const recorded = made({ columns: { a: 'x', b: 'x', c: 'x' } });
  expect(differencesOf(desired({ columns: { a: 'x' } }), { columns: { a: 'x', b: 'x' } }, recorded)).toEqual([
    { path: ['columns', 'b'], live: 'x', desired: undefined, byHand: false },
  ]);
});

test('what the server does not show is compared with the record, and a secret is not shown', () => {
  const before = fingerprintOf('old', 'salt');
  const after = fingerprintOf('new', 'salt');
  expect(
    differencesOf(
      desired({}, { sql: 'SELECT 2', password: after }),
      {},
      made({}, { sql: 'SELECT 1', password: before }),
    ),
  ).toEqual([
    { path: ['sql'], live: 'SELECT 1', desired: 'SELECT 2', byHand: false },
    { path: ['password'], live: '(secret)', desired: '(secret)', byHand: false },
  ]);
  expect(differencesOf(desired({}, { password: after }), {}, made({}, { password: after }))).toEqual([]);
});

test('a field that is called as something in every object is a field', () => {
  const desired = { object: 'o', fields: { columns: { constructor: 'int', valueOf: 'int' } } };
  expect(differencesOf(desired, { columns: { valueOf: 'int' } }, undefined)).toEqual([
    { path: ['columns', 'constructor'], live: undefined, desired: 'int', byHand: false },
  ]);
  const made = { hash: 'h', made: { fields: { columns: { toString: 'int' } }, unseen: {}, learned: {} } };
  const without = { object: 'o', fields: { columns: {} } };
  expect(differencesOf(without, { columns: { toString: 'int' } }, made)).toMatchObject([
    { path: ['columns', 'toString'], live: 'int', byHand: false },
  ]);
});

test('a field that is called secret or unknown is a field', () => {
  expect(
    differencesOf(
      desired({ dimensions: { secret: 'long', unknown: 'long' } }),
      { dimensions: {} },
      undefined,
    ),
  ).toHaveLength(2);
});

test('a name that holds dots is one name of the path', () => {
  const wanted = desired({ settings: { 'retention.ms': '5' } });
  expect(differencesOf(wanted, { settings: { 'retention.ms': '6' } }, undefined)).toEqual([
    { path: ['settings', 'retention.ms'], live: '6', desired: '5', byHand: false },
  ]);
});

test('a whole member that is not there is one difference, unless it holds a secret', () => {
  const column = { type: 'TEXT', groupby: true };
  expect(differencesOf(desired({ columns: { unit: column } }), { columns: {} }, undefined)).toEqual([
    { path: ['columns', 'unit'], live: undefined, desired: column, byHand: false },
  ]);
  const secret = { login: { password: fingerprintOf('pass', 'salt') } };
  expect(differencesOf(desired({ of: secret }), { of: {} }, undefined)).toEqual([
    { path: ['of', 'login', 'password'], live: undefined, desired: '(secret)', byHand: false },
  ]);
});
