import { expect, test } from 'vitest';
import type { PullDefinition } from '../../../src/definition/definition.ts';
import { isMillraceError } from '../../../src/errors.ts';
import { formatOf } from '../../../src/sources/formats/index.ts';
import type { HttpFacts } from '../../../src/sources/http/facts.ts';
import { requestOf } from '../../../src/sources/http/request.ts';
import { rows } from '../../../src/sources/http/rows.ts';
import { meaningOf, type FieldType } from '../../../src/definition/field-types/index.ts';
import { redactionOf } from '../../../src/redaction/index.ts';
import { secretsOf, sourceOf } from '../../../src/sources/index.ts';
import type { Ask } from '../../../src/load/source.ts';

const FACTS: HttpFacts = {
  url: 'http://127.0.0.1:9',
  query: {},
  headers: {},
  records: 'items',
  timeoutMs: 1_000,
};
const INTERVAL = { start: '2026-01-05T00:00:00Z', end: '2026-01-05T01:00:00Z' };
const ASK = {
  definition: { name: 'p', fields: [] },
  load: { table: 'p', interval: INTERVAL },
  deps: { secret: () => undefined, redaction: redactionOf([]) },
} as unknown as Ask;

const request = (auth: HttpFacts['auth']) =>
  requestOf(
    { ...FACTS, ...(auth && { auth }) },
    { pull: 'p', interval: INTERVAL, calendar: { kind: 'hour' } },
    {},
    { secret: () => 'x', redaction: redactionOf([]) },
  );

test.each<[string, string, () => unknown]>([
  ['pages', 'http.pages.kind', () => rows.fetch({ ...FACTS, pages: { kind: 'later' } }, ASK).next()],
  ['auth', 'http.auth', () => request({ later: { secret: 'X' } })],
  ['format', 'http.format', () => formatOf('later', 'http.format')],
  ['option of a format', 'http.format.csv', () => formatOf({ csv: { later: 1 } }, 'http.format')],
  ['field', 'the type of field', () => meaningOf({ type: 'later' as FieldType })],
  [
    'option of a pull',
    'pull',
    () => sourceOf({ kind: 'pull', name: 'p', http: FACTS, later: 1 } as unknown as PullDefinition),
  ],
  [
    'source',
    'the kind of source',
    () => sourceOf({ kind: 'pull', name: 'p', later: {} } as unknown as PullDefinition),
  ],
])(
  'a kind of %s that only a newer version knows fails the load, and is never taken for none',
  async (_what, said, use) => {
    const error: unknown = await Promise.resolve()
      .then(use)
      .then(
        () => undefined,
        (reason: unknown) => reason,
      );
    expect(isMillraceError(error, 'WORKER_TOO_OLD') && error.retryable).toBe(true);
    expect(String(error)).toContain(said);
  },
);

test('the secrets of a definition are named as far as this version knows it', () => {
  const pull = (fields: object) =>
    secretsOf({ kind: 'pull', name: 'p', ...fields } as unknown as PullDefinition);
  expect(pull({ http: { ...FACTS, auth: { bearer: { secret: 'A' } } } })).toEqual(['A']);
  expect(pull({ http: { ...FACTS, auth: { header: { secrets: { x: 'A', y: 'B' } } } } })).toEqual(['A', 'B']);
  expect(pull({ http: FACTS })).toEqual([]);
  expect(pull({ http: { ...FACTS, auth: { later: { secret: 'A' } } } })).toEqual([]);
  expect(pull({ later: {} })).toEqual([]);
});
