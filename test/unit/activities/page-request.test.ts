import { expect, test } from 'vitest';
import { pageRequest } from '../../../src/activities/page-request.ts';
import type { PullDefinition } from '../../../src/definition/definition.ts';
import { isMillraceError } from '../../../src/errors.ts';
import type { Load } from '../../../src/workflows/messages.ts';

const RATES = {
  name: 'rates',
  http: {
    url: '{RATES_URL}/v1/{RATES_KIND}',
    query: { from: '{start}', to: '{end}', size: '100' },
    headers: { 'x-team': 'data' },
    auth: { bearer: { secret: 'RATES_TOKEN' } },
    records: 'data',
    pages: { kind: 'cursor', param: 'cursor', from: 'meta.next' },
    timeoutMs: 5_000,
  },
} as unknown as PullDefinition;
const LOAD = { interval: { start: '2026-01-05T00:00:00Z', end: '2026-01-06T00:00:00Z' } } as Load;

const request = (variables: Record<string, string>, cursor?: string) =>
  pageRequest({ secret: (name) => variables[name] }, RATES, LOAD, cursor);

const ALL = { RATES_URL: 'https://rates.example', RATES_KIND: 'daily', RATES_TOKEN: 't' };

test('the first page is asked for with settings, secret and interval filled in', () => {
  expect(request(ALL)).toEqual({
    subject: "pull 'rates' 2026-01-05T00:00:00Z",
    url: 'https://rates.example/v1/daily',
    query: { from: '2026-01-05T00:00:00Z', to: '2026-01-06T00:00:00Z', size: '100' },
    headers: { 'x-team': 'data', authorization: 'Bearer t' },
    tokenName: 'RATES_TOKEN',
    timeoutMs: 5_000,
  });
});

test('a later page is asked for with its cursor', () => {
  expect(request(ALL, 'p2').query).toMatchObject({ cursor: 'p2', size: '100' });
});

test('every setting and secret that is missing is named at once', () => {
  let thrown: unknown;
  try {
    request({ RATES_KIND: 'daily', RATES_TOKEN: '' });
  } catch (error) {
    thrown = error;
  }
  expect(isMillraceError(thrown, 'SECRET_MISSING') && thrown.message).toMatch(
    /needs RATES_URL and RATES_TOKEN, .*Put RATES_URL=… and RATES_TOKEN=… into \.env/,
  );
});
