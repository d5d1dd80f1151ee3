import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { millrace } from '../support/as-user.ts';
import { failureOf } from '../support/failure.ts';
import { jsonVendor, type Answer, type JsonVendor } from '../support/json-vendor.ts';
import { liveEnv, type LiveEnv } from '../support/live-env.ts';
import { waitUntil } from '../support/wait-until.ts';

/** Things that change: an API that knows `since` and no upper bound, and one that always gives all. */
const ENTITIES = `
import { every, pull, z } from 'millrace';
export const tickets = pull('tickets', {
  every: every.hour(),
  time: 'updated_at',
  key: ['id'],
  write: 'upsert',
  outside: 'drop',
  since: '2026-01-05',
  minRows: 0,
  http: {
    url: '{VENDOR_URL}/tickets',
    query: { since: '{start}' },
    records: 'items',
    pages: { kind: 'cursor', param: 'after', from: 'next' },
  },
  row: z.object({ id: z.int(), state: z.string(), updated_at: z.iso.datetime() }),
});
export const shops = pull('shops', {
  every: every.hour(),
  key: ['id'],
  write: 'snapshot',
  http: { url: '{VENDOR_URL}/shops', records: 'items' },
  row: z.object({ id: z.int(), name: z.string() }),
});
`;

const hour = (n: number) => `2026-01-05T${String(n).padStart(2, '0')}:00:00Z`;
const minute = (h: number, m: number) =>
  `2026-01-05T${String(h).padStart(2, '0')}:${String(m).padStart(2, '0')}:00Z`;

interface Ticket {
  id: number;
  state: string;
  updated_at: string;
}

let env: LiveEnv;
let vendor: JsonVendor;
let answer: (url: URL) => Answer | Promise<Answer>;

beforeAll(async () => {
  vendor = await jsonVendor((url) => answer(url));
  env = await liveEnv('entities', { 'entities.ts': ENTITIES });
  await env.apply();
  await env.worker({ roles: 'live,bulk', variables: { VENDOR_URL: vendor.url } });
});

afterAll(async () => {
  await env.close();
  await vendor.close();
});

const load = async (table: string, interval: string) => (await env.start({ table, interval })).result();
const tickets = async () =>
  (await env.rows('tickets')).map(
    (row) => `${String(row['id'])} ${String(row['state'])} ${String(row['updated_at'])}`,
  );

/** As GitHub does: every ticket in the state that it has now, those that were updated since then. */
function answersOf(current: Ticket[]) {
  return (url: URL): Answer => ({
    items: current.filter(({ updated_at: at }) => at >= (url.searchParams.get('since') ?? '')),
  });
}

describe('things that change', () => {
  it('are loaded interval by interval, and what lies beyond the interval is left for its own', async () => {
    answer = answersOf([
      { id: 1, state: 'open', updated_at: minute(7, 10) },
      { id: 2, state: 'open', updated_at: minute(7, 59) },
      { id: 3, state: 'open', updated_at: minute(8, 0) },
    ]);
    expect(await load('tickets', hour(7))).toMatchObject({ rows: 2, replacedRows: 0 });
    expect(await tickets()).toEqual(['1 open 2026-01-05 07:10:00.000', '2 open 2026-01-05 07:59:00.000']);
  });

  it('keep their newest state in whatever order intervals are loaded', async () => {
    const early: Ticket[] = [
      { id: 1, state: 'open', updated_at: minute(7, 10) },
      { id: 2, state: 'open', updated_at: minute(7, 59) },
    ];
    const late: Ticket[] = [
      { id: 1, state: 'closed', updated_at: minute(9, 5) },
      { id: 4, state: 'open', updated_at: minute(9, 6) },
    ];
    answer = answersOf(late);
    expect(await load('tickets', hour(9))).toMatchObject({ rows: 2, replacedRows: 1 });
    const newest = [
      '1 closed 2026-01-05 09:05:00.000',
      '2 open 2026-01-05 07:59:00.000',
      '4 open 2026-01-05 09:06:00.000',
    ];
    expect(await tickets()).toEqual(newest);
    // An answer that is older than what stands there, as a copy of the API may give it.
    answer = answersOf(early);
    expect(await load('tickets', hour(7))).toMatchObject({ rows: 1 });
    expect(await tickets()).toEqual(newest);
  });

  it('that stand on two pages, because one was updated between them, are taken once and as they are newest', async () => {
    const page = (items: Ticket[], next?: string): Answer => ({
      items,
      ...(next === undefined ? {} : { next }),
    });
    answer = (url) =>
      url.searchParams.has('after')
        ? page([{ id: 5, state: 'closed', updated_at: minute(10, 40) }])
        : page(
            [
              { id: 5, state: 'open', updated_at: minute(10, 10) },
              { id: 6, state: 'open', updated_at: minute(10, 20) },
            ],
            'p2',
          );
    expect(await load('tickets', hour(10))).toMatchObject({ rows: 2 });
    expect((await tickets()).slice(-2)).toEqual([
      '5 closed 2026-01-05 10:40:00.000',
      '6 open 2026-01-05 10:20:00.000',
    ]);
  });

  it('are asked for by two loads at once, and the newest state stays', async () => {
    const states = (h: number): Ticket[] =>
      Array.from({ length: 50 }, (_, id) => ({ id: 100 + id, state: `at ${h}`, updated_at: minute(h, 30) }));
    answer = (url) => ({ items: states(Number(url.searchParams.get('since')?.slice(11, 13))) });
    const hours = [15, 12, 14, 11, 13];
    await Promise.all(hours.map((h) => load('tickets', hour(h))));
    const rows = (await env.rows('tickets')).filter(({ id }) => Number(id) >= 100);
    expect(rows.map(({ state }) => state)).toEqual(Array.from({ length: 50 }, () => 'at 15'));
  });

  it('are not asked for before they begin, and backfill begins there', async () => {
    const run = await env.start({ table: 'tickets', interval: '2026-01-04T23:00:00Z' });
    expect((await failureOf(run.result())).type).toBe('INTERVAL_BEFORE_SINCE');
    const asked = vendor.requests.length;
    answer = answersOf([]);
    const { stdout } = await millrace(['backfill', 'tickets', '--to', '2026-01-05T03:00:00Z', '-o', 'json'], {
      MILLRACE_ENV: env.config.env,
    });
    expect(JSON.parse(stdout)).toMatchObject({ intervals: 3, loaded: 3 });
    expect(
      vendor.requests
        .slice(asked)
        .map((url) => url.searchParams.get('since'))
        .sort(),
    ).toEqual([hour(0), hour(1), hour(2)]);
  });
});

describe('a whole list', () => {
  const shops = async () => (await env.rows('shops')).map((row) => String(row['name']));

  it('takes the place of the one before: what is gone from it is gone', async () => {
    answer = () => ({
      items: [
        { id: 1, name: 'north' },
        { id: 2, name: 'south' },
      ],
    });
    expect(await load('shops', hour(7))).toMatchObject({ rows: 2, replacedRows: 0 });
    answer = () => ({
      items: [
        { id: 2, name: 'South' },
        { id: 3, name: 'west' },
      ],
    });
    expect(await load('shops', hour(8))).toMatchObject({ rows: 2, replacedRows: 2 });
    expect(await shops()).toEqual(['South', 'west']);
  });

  it('that was asked for earlier, and comes later, leaves the newer one', async () => {
    let release = () => {};
    const held = new Promise<void>((resolve) => (release = resolve));
    let asked = 0;
    answer = async () => {
      if (asked++ > 0) return { items: [{ id: 9, name: 'newer' }] };
      await held;
      return { items: [{ id: 9, name: 'older' }] };
    };
    const older = load('shops', hour(9));
    await waitUntil(() => asked > 0, { timeoutMs: 10_000 });
    await load('shops', hour(10));
    release();
    expect(await older).toMatchObject({ rows: 0, replacedRows: 0 });
    expect(await shops()).toEqual(['newer']);
  });

  it('is backfilled once, however many intervals there are', async () => {
    answer = () => ({ items: [{ id: 1, name: 'only' }] });
    const range = ['--from', '2026-01-06', '--to', '2026-01-07'];
    const { stdout } = await millrace(['backfill', 'shops', ...range, '-o', 'json'], {
      MILLRACE_ENV: env.config.env,
    });
    expect(JSON.parse(stdout)).toMatchObject({ intervals: 1, loaded: 1 });
    expect(await shops()).toEqual(['only']);
  });

  it('with a key twice is refused, and the last good list stays', async () => {
    answer = () => ({
      items: [
        { id: 1, name: 'a' },
        { id: 1, name: 'b' },
      ],
    });
    const run = await env.start({ table: 'shops', interval: hour(11) });
    expect((await failureOf(run.result())).type).toBe('LOAD_KEY_INVALID');
    expect(await shops()).toEqual(['only']);
  });
});
