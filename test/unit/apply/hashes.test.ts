import { expect, test } from 'vitest';
import type { Definition, PullDefinition } from '../../../src/definition/definition.ts';
import { data, factsToHash, operational, type FactTable } from '../../../src/definition/facts.ts';
import { canonicalJson } from '../../../src/definition/hash.ts';
import { hashesOf } from '../../../src/apply/hashes.ts';
import type { HttpFacts } from '../../../src/sources/http/facts.ts';
import { GOLDEN } from '../../golden/definitions.ts';
import hashes from '../../golden/hashes.json' with { type: 'json' };
import before from '../../golden/store-0.1.0.json' with { type: 'json' };

const definitionHash = (definition: Definition) => hashesOf(definition).hash;
const dataHash = (definition: Definition) => hashesOf(definition).dataHash;

type HttpPull = PullDefinition & { http: HttpFacts };

const PULL: HttpPull = {
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

test.each<[string, Partial<HttpPull>]>([
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

test.each<[string, Partial<HttpPull>]>([
  ['url', { http: { ...PULL.http, url: 'https://v.example' } }],
  ['query', { http: { ...PULL.http, query: { a: 'b' } } }],
  ['key', { key: ['hour', 'origin'] }],
  ['time', { time: 'at' }],
  ['calendar', { calendar: { kind: 'minutes', n: 30 } }],
  ['field', { fields: [{ name: 'hour', type: 'timestamp', nullable: true, optional: false }] }],
])('a changed %s changes the data', (_name, change) => {
  expect(dataHash({ ...PULL, ...change })).not.toBe(dataHash(PULL));
});

test('a column that is marked as a count of events is operational: loaded intervals stay as they are', () => {
  const [rollup] = GOLDEN.flatMap(({ definition }) => (definition?.kind === 'rollup' ? [definition] : []));
  if (rollup === undefined) throw new Error('there is no golden rollup');
  const marked: Definition = { ...rollup, counts: { n: 'short_stream' } };
  expect(dataHash(marked)).toBe(dataHash(rollup));
  expect(definitionHash(marked)).not.toBe(definitionHash(rollup));
});

test('the hashes of the golden definitions are the committed ones', () => {
  const now = GOLDEN.map(({ name, definition }) => ({ name, ...hashesOf(definition as Definition) }));
  expect(now).toEqual(hashes);
});

test('what the version before has written down is the same definition, with the same hashes', () => {
  const carried = before.map(({ name, definition }) => ({ name, ...hashesOf(definition as Definition) }));
  expect(carried).toEqual(hashes);
});

test('an option with a default that is added to a kind moves no hash, and counts once it is given', () => {
  const table: FactTable = { name: data(), pages: data({ inside: () => ({ param: data() }) }) };
  const written = { name: 'scratch', pages: { param: 'after' } };
  const grown: FactTable = {
    name: data(),
    pages: data({ inside: () => ({ param: data(), size: data({ default: 100 }) }) }),
    retries: operational({ default: 3 }),
    nulls: data({ default: [] }),
  };
  const withDefaults = { ...written, pages: { param: 'after', size: 100 }, retries: 3, nulls: [] };
  for (const which of ['numbers', 'all'] as const) {
    expect(factsToHash(withDefaults, grown, which)).toEqual(factsToHash(written, table, which));
  }
  const given = { ...withDefaults, pages: { param: 'after', size: 50 }, retries: 5 };
  expect(factsToHash(given, grown, 'numbers')).toEqual({
    name: 'scratch',
    pages: { param: 'after', size: 50 },
  });
  expect(factsToHash(given, grown, 'all')).toMatchObject({ retries: 5 });
});
