import { afterAll, beforeAll, expect, test } from 'vitest';
import { at, every, pull, t, z } from '../../../src/index.ts';
import { parseExactly } from '../../../src/definition/exact-json.ts';
import { isMillraceError } from '../../../src/errors.ts';
import { redactionOf } from '../../../src/redaction/index.ts';
import { pullSource } from '../../../src/sources/index.ts';
import { fieldLooker } from '../../../src/sources/try/seen-fields.ts';
import { tryPull, type Tried } from '../../../src/sources/try/try-pull.ts';
import { jsonVendor, type JsonVendor } from '../../support/json-vendor.ts';
import { settingsOf } from '../../support/private-hosts.ts';

let vendor: JsonVendor;
const body = (page: number) => ({
  items: [
    { id: page * 2, at: '2026-01-05T07:10:00Z', who: { name: 'ada' }, cost: '12.3' },
    { id: page * 2 + 1, at: '2026-01-05T07:20:00Z', who: { name: null }, cost: 'free' },
  ],
  next: page < 30 ? String(page + 1) : null,
});

beforeAll(async () => {
  vendor = await jsonVendor((url) => ({
    status: 200,
    body: JSON.stringify(body(Number(url.searchParams.get('page') ?? 1))),
  }));
});
afterAll(() => vendor.close());

const interval = { start: '2026-01-05T07:00:00Z', end: '2026-01-05T08:00:00Z' };
const ROW = z.object({
  id: z.int(),
  at: z.iso.datetime(),
  who: at('who.name', z.string().nullable()),
  cost: z.string(),
});

async function tried(
  more: object = {},
  maxPages = 3,
  row: z.ZodObject = ROW,
  of = interval,
  settings: Record<string, string> = {},
): Promise<Tried> {
  const { definition, problems } = pull('things', {
    ...{ every: every.hour(), time: 'at', key: ['id'], row },
    http: { url: '{API_URL}/v1', records: 'items', pages: { kind: 'cursor', param: 'page', from: 'next' } },
    ...more,
  } as never);
  if (definition === undefined) throw new Error(JSON.stringify(problems));
  const source = await pullSource(definition).open();
  return tryPull(definition, of, source, {
    deps: {
      secret: settingsOf({ API_URL: vendor.url, ...settings }),
      redaction: redactionOf([]),
      tableRows: async () => [],
    },
    ...{ maxPages, signal: new AbortController().signal },
  });
}

test('a pull is asked for an interval as a load asks, and its rows are as a table would hold them', async () => {
  const { rows, problems, seconds, bytes, ...counts } = await tried();
  expect(counts).toMatchObject({ records: 6, isWhole: false, pages: 3, requests: 3, interval });
  expect(bytes).toBe([1, 2, 3].reduce((sum, page) => sum + JSON.stringify(body(page)).length, 0));
  expect(seconds).toBeLessThan(5);
  expect(rows.slice(0, 2)).toEqual([
    { id: 2, at: '2026-01-05 07:10:00.000', who: 'ada', cost: '12.3' },
    { id: 3, at: '2026-01-05 07:20:00.000', who: null, cost: 'free' },
  ]);
  expect(problems).toEqual([]);
});

test('it is read to its end where that many pages are allowed, and ten rows of it are shown', async () => {
  const { records, isWhole, rows } = await tried({}, 100);
  expect([records, isWhole, rows.length]).toEqual([60, true, 10]);
});

test('what would fail a load is said, and what fits is shown all the same', async () => {
  const strict = ROW.extend({ cost: t.decimal(6, 2) });
  const { rows, problems } = await tried({ minRows: 100 }, 30, strict);
  expect(rows).toHaveLength(10);
  expect(problems[0]).toBe(
    "record 1: cost: 'free' received, expected a number of at most 4 digits and 2 behind the point",
  );
  expect(problems).toHaveLength(12);
  expect(problems[10]).toBe('30 of 60 records do not fit, of which these are the first 10');
  expect(problems.at(-1)).toBe('60 rows are fewer than minRows: 100; where that is normal, give minRows: 0');
});

test('rows outside the interval are counted, unless the definition lets them go', async () => {
  const odd = { http: { url: '{API_URL}/v1', records: 'items', notPages: ['next'] } };
  const hourBefore = { start: '2026-01-05T06:00:00Z', end: '2026-01-05T07:00:00Z' };
  const { problems } = await tried(odd, 1, ROW, hourBefore);
  expect(problems).toEqual([
    "2 of 2 rows have their at outside [2026-01-05T06:00:00Z, 2026-01-05T07:00:00Z): ask for the interval alone, or give outside: 'drop'",
  ]);
  const dropping = await tried({ ...odd, outside: 'drop', minRows: 0 }, 1, ROW, hourBefore);
  expect([dropping.problems, dropping.dropped, dropping.rows]).toEqual([[], 2, []]);
});

test('a key that comes twice is told, unless the newest of such rows counts', async () => {
  expect((await tried({ key: ['cost'] }, 3)).problems).toEqual([
    `two rows have one key: {"cost":"12.3"}; name the columns in key by which rows differ, or give write: 'upsert' where the newest of them counts`,
  ]);
  expect((await tried({ key: ['cost'], write: 'upsert' }, 3)).problems).toEqual([]);
});

test('what stands in the records is told with the field that would take it', () => {
  const looker = fieldLooker(false);
  const records = [
    '{"id":1,"big":9223372036854775807,"ratio":0.5,"created":1767596400,"sentAt":1767596400123,"ok":true,"empty":{}}',
    '{"id":2,"big":12,"ratio":1,"created":1767596401,"sentAt":1767596400124,"ok":null,"tags":["a"],"user":{"login":"ada"}}',
    '{"id":3,"price":"12.30","when":"2026-01-05T07:00:00+0100","day":"2026-01-05","local":"2026-01-05 07:00","Art-Nr.":"x"}',
    '{"id":4,"price":"1234.5","when":"2026-01-05T07:00:00Z","micros":"2026-01-05T07:00:00.123456Z","code":"9007199254740993"}',
  ];
  for (const record of records) looker.look(parseExactly(record));
  expect(looker.seen().map(({ kinds, field }) => `${field} // ${kinds.join(', ')}`)).toEqual([
    'id: z.int() // whole number',
    'big: t.bigint().optional() // number, whole number, absent',
    'ratio: z.number().optional() // number, whole number, absent',
    'created: t.unix().optional() // whole number, absent',
    'sentAt: t.unixMs().optional() // whole number, absent',
    'ok: z.boolean().nullable().optional() // boolean, null, absent',
    'empty: t.json().optional() // object, absent',
    'tags: t.json().optional() // list, absent',
    "user_login: at('user.login', z.string()).optional() // string, absent",
    'price: t.decimal(10, 2).optional() // string, absent',
    'when: z.iso.datetime({ offset: true }).optional() // string, absent',
    'day: z.iso.date().optional() // string, absent',
    "local: t.local('Europe/Berlin').optional() // string, absent",
    "Art_Nr: at('Art-Nr.', z.string()).optional() // string, absent",
    'micros: z.iso.datetime({ precision: 6 }).optional() // string, absent',
    'code: t.bigint().optional() // string, absent',
  ]);
});

test('of texts alone, as in CSV, it is told what they mean', () => {
  const looker = fieldLooker(true);
  looker.look({ n: '12', code: '007', rate: '0.81250', none: null });
  expect(looker.seen().map(({ field }) => field)).toEqual([
    'n: z.int()',
    'code: z.string()',
    'rate: t.decimal(9, 5)',
    'none: z.string().nullable()',
  ]);
});

test('a vendor that is not public is asked where the settings allow it alone', async () => {
  const outcome: unknown = await tried({}, 3, ROW, interval, { MILLRACE_PRIVATE_HOSTS: '' }).catch(
    (error: unknown) => error,
  );
  expect(isMillraceError(outcome, 'HTTP_HOST_PRIVATE')).toBe(true);
});
