import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Counts } from '../../src/store/commit.ts';
import { commitsOf, countsOf } from '../../src/store/commits.ts';
import { ORDERS } from '../support/definitions.ts';
import { liveEnv, type LiveEnv } from '../support/live-env.ts';
import { plainProducer, type PlainProducer } from '../support/plain-producer.ts';
import { waitUntil } from '../support/wait-until.ts';

const HOUR = '2026-01-05T07:00:00Z';
const WEIGHED = `${ORDERS.replace('cents: z.int() }),\n  id:', 'cents: z.int(), weight: z.number().optional() }),\n  id:')}
export const weights = rollup('weights', {
  every: every.hour(),
  time: 'hour',
  key: ['hour'],
  row: z.object({ hour: z.iso.datetime(), orders: z.int(), weight: z.number().nullable() }),
  sql: sql\`SELECT TIME_FLOOR(__time, 'PT1H') AS "hour", COUNT(*) AS orders, SUM(o.weight) AS weight
    FROM \${orders} o WHERE \${interval} GROUP BY 1\`,
});
`;

let env: LiveEnv;
let producer: PlainProducer;
let sent = 0;

beforeAll(async () => {
  env = await liveEnv('new-field', { 'orders.ts': ORDERS });
  await env.apply();
  producer = await plainProducer(env.config.kafka.brokers, env.names.rawTopic({ name: 'orders' }));
  await env.worker({ roles: 'live,bulk,ingest' });
});

afterAll(async () => {
  await producer.close();
  await env.close();
});

const order = (weight?: unknown) => ({
  id: `o${sent++}`,
  at: '2026-01-05T07:12:00Z',
  shop: 'north',
  cents: 1,
  ...(weight === undefined ? {} : { weight }),
});
const load = async (table: string) => (await env.start({ table, interval: HOUR })).result();

async function counts(): Promise<Counts> {
  return countsOf((await commitsOf(env, { name: 'orders' })).values());
}

async function inDruid(): Promise<unknown> {
  const [row] = await env.druid.rows(
    `SELECT COUNT(*) AS n FROM "${env.names.datasource({ name: 'orders', version: 1 })}"`,
  );
  return row?.['n'];
}

it('fields that no definition declares never reach Druid, whatever they hold', async () => {
  await producer.send([order(5), order('NA'), order([1, 2]), order({ of: 'it' }), order(1e300), order()]);
  expect(await load('orders_hourly')).toMatchObject({ rows: 1 });
  expect(await env.rows('orders_hourly')).toMatchObject([{ orders: '6' }]);
});

it('a rollup over a declared field that no event has carried yet reads NULL', async () => {
  env.define({ 'orders.ts': WEIGHED });
  await env.apply();
  expect(await load('weights')).toMatchObject({ rows: 1 });
  expect(await env.rows('weights')).toMatchObject([{ orders: '6', weight: null }]);
});

it('from then on the field is judged and counted: what fits reaches Druid, what does not is set aside', async () => {
  // The worker hears of the changed definition within 2 s; until then the field is undeclared.
  await waitUntil(
    async () => {
      const before = (await counts()).dead;
      await producer.send([order('NA')]);
      await waitUntil(async () => (await counts()).raw === sent, { timeoutMs: 20_000 });
      return (await counts()).dead > before;
    },
    { timeoutMs: 30_000 },
  );
  const { dead, clean } = await counts();
  await producer.send([order(2.5), order([1, 2]), order(0.25), order('NA')]);
  expect(await load('weights')).toMatchObject({ rows: 1 });
  expect(await env.rows('weights')).toMatchObject([{ orders: String(clean + 2), weight: 2.75 }]);
  expect(await counts()).toMatchObject({ raw: sent, dead: dead + 2, clean: clean + 2 });
  expect(await inDruid(), 'a changed supervisor doubles nothing').toBe(clean + 2);
  const status = await env.druid.supervisorStatus(env.names.datasource({ name: 'orders', version: 1 }));
  expect(status).toMatchObject({ healthy: true, recentErrors: [] });
});
