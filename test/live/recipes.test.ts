import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PACKAGE_DIR } from '../../src/package.ts';
import { liveEnv, type LiveEnv } from '../support/live-env.ts';
import { seeded } from '../support/seeded.ts';
import { billing, type Customer, type Invoice } from '../vendors/billing.ts';
import { ecb, type Rate } from '../vendors/ecb.ts';
import { github, type Issue } from '../vendors/github.ts';
import { salesforce, type Deal } from '../vendors/salesforce.ts';
import { shopify, type Order } from '../vendors/shopify.ts';
import { stripe, type Charge } from '../vendors/stripe.ts';
import { serve, type Fault, type Vendor } from '../vendors/vendor.ts';

/** The files of docs/sources.md, with the vendor's own address as a setting. */
const FILES = Object.fromEntries(
  [...readFileSync(path.join(PACKAGE_DIR, 'docs', 'sources.md'), 'utf8').matchAll(/```ts\n(.*?)```/gs)].map(
    ([, text = ''], index) => [
      `recipe-${index}.ts`,
      text.replaceAll(/https:\/\/(?=api\.github\.com|api\.stripe\.com|data-api)[^/']*/g, vendorSetting),
    ],
  ),
);

function vendorSetting(host: string): string {
  return host.includes('github') ? '{GITHUB_URL}' : host.includes('stripe') ? '{STRIPE_URL}' : '{ECB_URL}';
}

const DAY = '2026-01-05';
const DAY_MS = Date.parse(`${DAY}T00:00:00Z`);
const HOUR_MS = 3_600_000;
const random = seeded(20_261_130);
const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
/** A moment of the first six hours of the day, in whole seconds; some on the very bounds of an hour. */
const moment = (index: number) =>
  DAY_MS + (index % 25 === 0 ? Math.floor(random() * 6) * HOUR_MS : Math.floor(random() * 6 * 3_600) * 1_000);
const text = (ms: number) => new Date(ms).toISOString().replace('.000Z', 'Z');
const inMariaDb = (ms: number) => text(ms).replace('T', ' ').replace('Z', '.000');
const of = <T>(count: number, make: (index: number) => T) =>
  Array.from({ length: count }, (_, index) => make(index));

let issues: Issue[] = of(700, (index) => ({
  ...{ id: 2_000_000_000 + index, number: index + 1, state: pick(['open', 'closed'] as const) },
  ...{
    user: { login: pick(['ada', 'grace', 'łukasz']) },
    labels: of(index % 3, (nth) => ({ name: `l${nth}` })),
  },
  ...{ updated_at: text(moment(index)), closed_at: index % 2 === 0 ? null : text(moment(index)) },
}));
const charges: Charge[] = of(1_000, (index) => ({
  ...{ id: `ch_${String(index).padStart(6, '0')}`, created: moment(index) / 1_000, amount: index * 7 },
  ...{
    currency: pick(['usd', 'eur']),
    billing_details: { email: index % 4 === 0 ? null : `p${index}@example.com` },
  },
}));
const orders: Order[] = of(1_200, (index) => ({
  id: String(9_007_199_254_740_993n + BigInt(index) * 2n),
  updated_at: new Date(moment(index) + HOUR_MS).toISOString().replace('.000Z', '+01:00'),
  ...{ total_price: `${index}.${String(index % 100).padStart(2, '0')}`, currency: 'EUR' },
}));
/** The 3rd and 4th are a weekend. */
const rates: Rate[] = ['2026-01-01', '2026-01-02', '2026-01-05', '2026-01-06'].flatMap((day, index) => [
  { day, currency: 'GBP', rate: `0.8${index}125` },
  { day, currency: 'USD', rate: `1.${index}` },
]);
const deals: Deal[] = of(900, (index) => ({
  ...{ Id: `006${String(index).padStart(15, '0')}`, Name: `Deal "${index}" & sons` },
  ...{ Amount: index % 5 === 0 ? null : index + 0.25, modified: moment(index) },
}));
let customers: Customer[] = of(90, (index) => ({ id: 1_000 + index * 3, name: `Customer ${index}, Łódź` }));
/** Of three days; some customers have none, one has more than a page. */
let invoices: Invoice[] = of(600, (index) => ({
  id: 70_000 + index,
  customer: index < 130 ? 1_000 : 1_000 + 3 * Math.floor(random() * 60),
  issued: DAY_MS + (index % 3) * 24 * HOUR_MS + Math.floor(random() * 24 * 3_600) * 1_000,
  total: `${index}.${String(index % 100).padStart(2, '0')}`,
}));
/** A session is good for that many answers. */
let sessionUses = new Map<string, number>();
const isOver = (session: string) => {
  const uses = (sessionUses.get(session) ?? 0) + 1;
  sessionUses = new Map([...sessionUses, [session, uses]]);
  return uses > 5;
};

let env: LiveEnv;
const vendors: Record<string, Vendor> = {};

beforeAll(async () => {
  const apis = {
    GITHUB: github(() => issues),
    STRIPE: stripe(() => charges),
    SHOP: shopify(() => orders),
    ECB: ecb(() => rates),
    SF: salesforce(() => deals, isOver),
    BILLING: billing(
      () => customers,
      () => invoices,
    ),
  };
  for (const [name, api] of Object.entries(apis)) vendors[name] = await serve(api);
  env = await liveEnv('recipes', FILES);
  await env.apply();
  const urls = Object.entries(vendors).map(([name, { url }]) => [`${name}_URL`, url]);
  await env.worker({
    roles: 'live,bulk',
    variables: {
      ...(Object.fromEntries(urls) as Record<string, string>),
      ...{ GH_REPO: 'acme/shop', GH_TOKEN: 'gh-token-of-the-test', STRIPE_KEY: 'sk_of_the_test' },
      ...{ BILLING_USER: 'ada', BILLING_PASSWORD: 'of the test' },
      ...{ SHOPIFY_TOKEN: 'shpat_of_the_test', SF_ID: 'sf-id', SF_SECRET: 'sf-secret' },
    },
  });
});

afterAll(async () => {
  await env.close();
  for (const vendor of Object.values(vendors)) await vendor.close();
});

const load = async (table: string, interval: string) => (await env.start({ table, interval })).result();

/** The six hours in an order of their own, each with faults on the way. */
async function loadAll(table: string, vendor: Vendor | undefined, faults: Fault[] = []): Promise<void> {
  vendor?.faults.push(...faults);
  for (const hour of [3, 0, 5, 1, 4, 2]) await load(table, text(DAY_MS + hour * HOUR_MS));
  expect(vendor?.faults).toEqual([]);
}

const rowsOf = (table: string, key: string) =>
  env.db.query(`SELECT * FROM ${env.names.schema}.${table} ORDER BY ${key}`);

/** As MariaDB shows an issue. */
const issueRow = (issue: Issue) => ({
  ...{ id: String(issue.id), number: String(issue.number), state: issue.state, author: issue.user.login },
  ...{ labels: JSON.stringify(issue.labels), updated_at: inMariaDb(Date.parse(issue.updated_at)) },
  closed_at: issue.closed_at === null ? null : inMariaDb(Date.parse(issue.closed_at)),
});

describe('a recipe', () => {
  it('is at most twelve lines of definition', () => {
    const definitions = Object.values(FILES).flatMap((file) => file.split(/^(?=export )/m).slice(1));
    const lengths = definitions.map((one) => one.split('\n').filter((line) => line !== '').length);
    expect(lengths).toHaveLength(7);
    expect(Math.max(...lengths)).toBeLessThanOrEqual(12);
  });

  it('GitHub: every issue in its newest state, whatever the order of hours, limits and cut answers', async () => {
    await loadAll('gh_issues', vendors['GITHUB'], ['cut', 'limited', 'slow', 'broken']);
    expect(await rowsOf('gh_issues', 'number')).toEqual(issues.map(issueRow));
    // Some are updated in the seventh hour; the others are not asked for.
    issues = issues.map((issue, index) =>
      index % 10 === 0
        ? { ...issue, state: 'closed', updated_at: text(DAY_MS + 6 * HOUR_MS + index * 1_000) }
        : issue,
    );
    expect(await load('gh_issues', text(DAY_MS + 6 * HOUR_MS))).toMatchObject({ rows: 70, replacedRows: 70 });
    // An hour that is loaded again knows nothing of what has moved on.
    await load('gh_issues', text(DAY_MS + 2 * HOUR_MS));
    expect(await rowsOf('gh_issues', 'number')).toEqual(issues.map(issueRow));
  });

  it('Stripe: every charge of its hour, with its limits and its cut answers', async () => {
    await loadAll('charges', vendors['STRIPE'], ['limited', 'cut', 'slow']);
    expect(await rowsOf('charges', 'id')).toEqual(
      charges.map(({ id, created, amount, currency, billing_details: { email } }) => ({
        ...{ id, created: inMariaDb(created * 1_000), amount: String(amount), currency, email },
      })),
    );
  });

  it('Shopify: every order once, its id and its price to the digit', async () => {
    await loadAll('shop_orders', vendors['SHOP'], ['limited', 'slow', 'cut']);
    expect(await rowsOf('shop_orders', 'id')).toEqual(
      orders.map(({ id, updated_at: at, currency, total_price: total }) => ({
        ...{ id, updated_at: inMariaDb(Date.parse(at)), currency, total },
      })),
    );
  });

  it('European Central Bank: the rates of each day, and nothing of a weekend', async () => {
    vendors['ECB']?.faults.push('cut', 'limited');
    for (const day of ['05', '02', '04', '01', '06', '03'])
      await load('ecb_rates', `2026-01-${day}T00:00:00Z`);
    expect(await rowsOf('ecb_rates', 'day, currency')).toEqual(
      rates.map(({ day, currency, rate }) => ({ day, currency, rate: Number(rate).toFixed(6) })),
    );
    const saturday = await load('ecb_rates', '2026-01-03T00:00:00Z');
    expect(saturday).toMatchObject({ rows: 0, replacedRows: 0 });
  });

  it('Salesforce: every deal, though its session ends in the middle of a walk', async () => {
    await loadAll('sf_deals', vendors['SF'], ['slow', 'limited', 'cut']);
    expect(sessionUses.size).toBeGreaterThan(1);
    expect(await rowsOf('sf_deals', 'Id')).toEqual(
      deals.map(({ Id, Name, Amount, modified }) => ({
        ...{ Id, Name, Amount: Amount === null ? null : Amount.toFixed(2) },
        SystemModstamp: inMariaDb(modified),
      })),
    );
  });

  it('customers and their invoices: each customer is asked for, through faults and in any order', async () => {
    const day = (nth: number) => text(DAY_MS + nth * 24 * HOUR_MS);
    await load('customers', day(2));
    vendors['BILLING']?.faults.push('slow', 'cut', 'repeated', 'limited', 'broken');
    for (const nth of [1, 2, 0]) await load('invoices', day(nth));
    expect(vendors['BILLING']?.faults).toEqual([]);
    const expected = () =>
      invoices.map(({ id, customer, issued, total }) => ({
        ...{ id: String(id), customer: String(customer), issued_at: inMariaDb(issued), total },
      }));
    expect(await rowsOf('invoices', 'id')).toEqual(expected());
    expect(await rowsOf('customers', 'id')).toEqual(
      customers.map(({ id, name }) => ({ id: String(id), name })),
    );
    // One is deleted, one is new, and an invoice is gone.
    customers = [...customers.slice(1), { id: 5_000, name: 'New' }];
    invoices = [
      ...invoices.filter(({ customer }) => customer !== 1_000).slice(1),
      { id: 99_999, customer: 5_000, issued: DAY_MS, total: '0.10' },
    ];
    const waiting = await env.start({ table: 'invoices', interval: day(3) });
    await load('customers', day(3));
    expect(await waiting.result()).toMatchObject({ rows: 0 });
    for (const nth of [2, 0, 1]) await load('invoices', day(nth));
    expect(await rowsOf('invoices', 'id')).toEqual(expected());
  });
});
