import { describe, expect, test } from 'vitest';
import type { TableRow } from '../../../src/definition/table-row.ts';
import { isMillraceError } from '../../../src/errors.ts';
import type { OutsideDeps } from '../../../src/load/deps.ts';
import type { Ask, Batch } from '../../../src/load/source.ts';
import { forEachRow } from '../../../src/sources/for-each/index.ts';

const CUSTOMERS: TableRow[] = [
  { id: 7, name: 'Łódź' },
  { id: 3, name: null },
  { id: 7, name: 'Łódź' },
];

interface Given {
  records: unknown[];
  next: string | undefined;
}

/** A source that gives two pages for each row, and writes down what it was asked. */
function source() {
  const asked: unknown[] = [];
  async function* fetch({ row, from, rows }: Ask<OutsideDeps>): AsyncGenerator<Batch> {
    for (let page = Number(from ?? 1); page <= 2; page++) {
      asked.push({ id: row?.['id'], page, rows });
      yield { records: [{ page }, 'no object'], walk: { next: page === 1 ? '2' : undefined } };
    }
  }
  return { asked, fetch };
}

interface Walked {
  from?: string;
  columns?: string[];
  tries?: number;
  atOnce?: number;
}

async function walk(
  rows: readonly TableRow[],
  { from, columns = ['id'], tries = 1, atOnce = 1 }: Walked = {},
) {
  const { asked, fetch } = source();
  const ask = {
    ...{ definition: { name: 'invoices' }, load: { interval: { start: '2026-01-05T00:00:00Z' } } },
    ...{
      deps: { tableRows: async () => rows, turns: {} },
      signal: new AbortController().signal,
      from,
      tries,
      rows: 40,
    },
  } as unknown as Ask<OutsideDeps>;
  const given: Given[] = [];
  for await (const { records, walk: of } of forEachRow({ sql: ['SELECT 1'], columns, atOnce }, ask, fetch))
    given.push({ records: [...records], next: of?.next });
  return { asked, given };
}

const failureOf = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (error: unknown) => (isMillraceError(error) ? error : undefined),
  );

test('where one row fails, the walks for others that were begun free what they hold', async () => {
  const open = new Set<unknown>();
  async function* fetch({ row }: Ask<OutsideDeps>): AsyncGenerator<Batch> {
    open.add(row?.['id']);
    try {
      yield { records: [], walk: { next: '2' } };
      // The first row's second page.
      throw new Error('cut');
    } finally {
      open.delete(row?.['id']);
    }
  }
  const rows = [1, 2, 3, 4].map((id) => ({ id }));
  const ask = {
    ...{ definition: { name: 'invoices' }, load: { interval: { start: '2026-01-05T00:00:00Z' } } },
    ...{ deps: { tableRows: async () => rows, turns: {} }, signal: new AbortController().signal, tries: 1 },
  } as unknown as Ask<OutsideDeps>;
  const read = async () => {
    for await (const { walk: of } of forEachRow(
      { sql: ['SELECT 1'], columns: ['id'], atOnce: 3 },
      ask,
      fetch,
    )) {
      expect(of).toBeDefined();
      expect(open.size).toBe(3);
    }
  };
  await expect(read()).rejects.toThrow('cut');
  expect([...open]).toEqual([]);
});

test('a source is asked once for each row that differs, and its records have the columns of that row', async () => {
  const { asked, given } = await walk(CUSTOMERS);
  expect(asked).toEqual([
    { id: 3, page: 1, rows: 0 },
    { id: 3, page: 2, rows: 0 },
    { id: 7, page: 1, rows: 0 },
    { id: 7, page: 2, rows: 0 },
  ]);
  expect(given.map(({ records }) => records[0])).toEqual([
    { page: 1, '{id}': '3', '{name}': null },
    { page: 2, '{id}': '3', '{name}': null },
    { page: 1, '{id}': '7', '{name}': 'Łódź' },
    { page: 2, '{id}': '7', '{name}': 'Łódź' },
  ]);
  expect(given.map(({ records }) => records[1])).toEqual(Array(4).fill('no object'));
  expect(given.map(({ next }) => next === undefined)).toEqual([false, false, false, true]);
});

test('a walk goes on at the row and the page at which it was, with the records of that row alone', async () => {
  const { given } = await walk(CUSTOMERS);
  const rest = await walk(CUSTOMERS.toReversed(), { from: given[0]?.next ?? '' });
  expect(rest.asked).toEqual([
    { id: 3, page: 2, rows: 2 },
    { id: 7, page: 1, rows: 0 },
    { id: 7, page: 2, rows: 0 },
  ]);
  const last = await walk(CUSTOMERS, { from: given[1]?.next ?? '' });
  expect(last.asked).toEqual([
    { id: 7, page: 1, rows: 0 },
    { id: 7, page: 2, rows: 0 },
  ]);
});

test('rows are asked for together, as many as there may be, and come in their order', async () => {
  const rows = [1, 2, 3, 4].map((id) => ({ id }));
  const { asked, given } = await walk(rows, { atOnce: 3 });
  expect(asked.map((one) => (one as { id: number }).id)).toEqual([1, 2, 3, 1, 4, 2, 3, 4]);
  expect(given).toEqual((await walk(rows)).given);
  const rest = await walk(rows, { atOnce: 3, from: given[2]?.next ?? '' });
  expect(rest.given).toEqual(given.slice(3));
});

test('without rows nothing is asked, and that is all there is', async () => {
  expect(await walk([])).toEqual({ asked: [], given: [{ records: [], next: undefined }] });
});

describe('a walk is refused', () => {
  test('and begins again where the rows have changed in the middle of it', async () => {
    const { given } = await walk(CUSTOMERS);
    const changed = [...CUSTOMERS, { id: 4, name: 'new' }];
    const error = await failureOf(walk(changed, { from: given[1]?.next ?? '' }));
    expect(error).toMatchObject({ code: 'FOR_EACH_MOVED', retryable: true, startsAgain: true });
    expect(await failureOf(walk(changed, { from: given[1]?.next ?? '', tries: 5 }))).toMatchObject({
      retryable: false,
    });
  });

  test.each<[what: string, rows: TableRow[], columns: string[], text: string]>([
    [
      'where a column that is used is not there',
      CUSTOMERS,
      ['id', 'region'],
      "gives no column 'region', for which {region} stands; it gives id, name",
    ],
    [
      'where a column that is used has no value',
      CUSTOMERS,
      ['name'],
      'gives NULL as \'name\' in a row, {"id":3,"name":null}; leave such rows out with WHERE',
    ],
    [
      'where there are too many',
      Array.from({ length: 100_001 }, (_, id) => ({ id })),
      ['id'],
      'gives more than 100000 rows, which is the most that a pull asks for',
    ],
  ])('%s', async (_what, rows, columns, text) => {
    const error = await failureOf(walk(rows, { columns }));
    expect(error?.code).toBe('FOR_EACH_INVALID');
    expect(error?.message).toBe(`pull 'invoices' 2026-01-05T00:00:00Z: forEach ${text}. Nothing was loaded.`);
  });
});
