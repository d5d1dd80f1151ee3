import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { jsonVendor, type JsonVendor } from '../support/json-vendor.ts';
import { liveEnv, type LiveEnv } from '../support/live-env.ts';
import { seeded } from '../support/seeded.ts';
import { waitUntil } from '../support/wait-until.ts';

/** The invoices of each customer, page by page, one customer after the other. */
const INVOICES = `
import { at, every, external, pull, sql, z } from 'millrace';
export const customers = external('customers', { columns: { id: 'integer' } });
export const invoices = pull('invoices', {
  every: every.day(), time: 'day', key: ['customer', 'n'],
  forEach: sql\`SELECT id FROM \${customers}\`,
  http: { url: '{VENDOR_URL}/customers/{id}/invoices', query: { day: '{start.date}' }, records: 'items', pages: { kind: 'cursor', param: 'after', from: 'next' } },
  row: z.object({ customer: at('{id}', z.int()), n: z.int(), day: z.iso.date() }),
});
`;
const DAY = '2026-01-05';
const CUSTOMERS = [11, 12, 13, 14];
const PAGES = 4;
const KILLS = 3;
const SEED = 20_261_130;

let env: LiveEnv;
let vendor: JsonVendor;
/** How often each page of each customer was asked for, by `11/p2`. */
const asked = new Map<string, number>();

beforeAll(async () => {
  vendor = await jsonVendor(async (url) => {
    await sleep(150);
    const page = Number(url.searchParams.get('after') ?? 0);
    const place = `${url.pathname.split('/')[2] ?? ''}/p${page}`;
    asked.set(place, (asked.get(place) ?? 0) + 1);
    const items = [0, 1].map((index) => ({ n: page * 2 + index, day: url.searchParams.get('day') }));
    return { items, next: page + 1 < PAGES ? String(page + 1) : null };
  });
  env = await liveEnv('for each kill', { 'invoices.ts': INVOICES });
  await env.db.execute(`CREATE TABLE ${env.names.schema}.customers (id BIGINT PRIMARY KEY)`);
  await env.db.execute(
    `INSERT INTO ${env.names.schema}.customers VALUES ${CUSTOMERS.map((id) => `(${id})`).join(', ')}`,
  );
  await env.apply();
});

afterAll(async () => {
  await env.close();
  await vendor.close();
});

it(`a pull for each row that is killed ${KILLS} times goes on at its row and page, and no row is there twice`, async () => {
  const random = seeded(SEED);
  const variables = { VENDOR_URL: vendor.url };
  let worker = await env.worker({ variables });
  const run = await env.start({ table: 'invoices', interval: `${DAY}T00:00:00Z` });
  for (let kill = 0; kill < KILLS; kill++) {
    const before = await pages();
    await waitUntil(async () => (await pages()) > before, {
      timeoutMs: 60_000,
      saw: () => `no page after the ${before} that were there before`,
    });
    await sleep(random() * 300);
    await worker.kill('SIGKILL');
    worker = await env.worker({ variables });
  }
  expect(await run.result()).toMatchObject({ rows: CUSTOMERS.length * PAGES * 2 });
  const rows = await env.rows('invoices');
  expect(rows.map(({ customer, n }) => `${String(customer)}/${String(n)}`)).toEqual(
    CUSTOMERS.flatMap((id) => Array.from({ length: PAGES * 2 }, (_, n) => `${id}/${n}`)),
  );
  // At most the page that was under way, for each kill.
  const again = [...asked.values()].reduce((sum, times) => sum + times - 1, 0);
  expect(asked.size).toBe(CUSTOMERS.length * PAGES);
  expect(again, JSON.stringify([...asked])).toBeLessThanOrEqual(KILLS);
}, 180_000);

/** Pages that the load has committed. */
async function pages(): Promise<number> {
  const [row] = await env.db.query(
    `SELECT COALESCE(MAX(pages), 0) AS n FROM ${env.names.storeSchema}.load_progress`,
  );
  return Number(row?.['n']);
}
