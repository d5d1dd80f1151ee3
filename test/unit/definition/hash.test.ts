import { expect, test } from 'vitest';
import type { Definition, PullDefinition } from '../../../src/definition/definition.ts';
import { canonicalJson, dataHash, definitionHash } from '../../../src/definition/hash.ts';

const PULL: PullDefinition = {
  kind: 'pull',
  name: 'weather',
  calendar: { kind: 'hour' },
  offsetMs: 0,
  time: 'hour',
  key: ['hour'],
  fields: [{ name: 'hour', type: 'timestamp', nullable: false, optional: false }],
  http: { url: 'https://w.example', query: {}, headers: {}, records: '', timeoutMs: 30_000 },
  minRows: 1,
};

test('canonical JSON does not depend on the order in which keys were written', () => {
  expect(canonicalJson({ b: [{ d: 1, c: undefined }], a: null })).toBe('{"a":null,"b":[{"d":1}]}');
  expect(definitionHash({ ...PULL })).toBe(
    definitionHash(Object.fromEntries(Object.entries(PULL).reverse()) as never),
  );
  expect(definitionHash(PULL)).toMatch(/^[0-9a-f]{64}$/);
});

test.each<[string, Partial<PullDefinition>]>([
  ['description', { description: 'x' }],
  ['owner', { owner: 'x' }],
  ['offset', { offsetMs: 1 }],
  ['minRows', { minRows: 0 }],
  ['timeout', { http: { ...PULL.http, timeoutMs: 1 } }],
  ['secret', { http: { ...PULL.http, auth: { bearer: { secret: 'X' } } } }],
])('a changed %s is operational: another definition, the same data', (_name, change) => {
  const changed: Definition = { ...PULL, ...change };
  expect(definitionHash(changed)).not.toBe(definitionHash(PULL));
  expect(dataHash(changed)).toBe(dataHash(PULL));
});

test.each<[string, Partial<PullDefinition>]>([
  ['url', { http: { ...PULL.http, url: 'https://v.example' } }],
  ['query', { http: { ...PULL.http, query: { a: 'b' } } }],
  ['key', { key: ['hour', 'origin'] }],
  ['time', { time: 'at' }],
  ['calendar', { calendar: { kind: 'minutes', n: 30 } }],
  ['field', { fields: [{ name: 'hour', type: 'timestamp', nullable: true, optional: false }] }],
])('a changed %s changes the data', (_name, change) => {
  expect(dataHash({ ...PULL, ...change })).not.toBe(dataHash(PULL));
});
