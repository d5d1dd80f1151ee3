import { afterAll, beforeAll, expect, it } from 'vitest';
import { setTimeout as sleep } from 'node:timers/promises';
import { millrace } from '../support/as-user.ts';
import { ORDERS, READINGS } from '../support/definitions.ts';
import { jsonVendor, type JsonVendor } from '../support/json-vendor.ts';
import { liveEnv, type LiveEnv } from '../support/live-env.ts';
import { plainProducer } from '../support/plain-producer.ts';
import { proofSeed, recordProof } from '../support/proof-result.ts';
import { seeded } from '../support/seeded.ts';
import { waitUntil } from '../support/wait-until.ts';
import type { BackfillReport } from '../../src/load/messages.ts';

const SEED = proofSeed(20_260_105);
const KILLS = Number(process.env['MILLRACE_KILLS'] ?? 4);
// Enough work that every kill falls into it.
const HOURS = Math.max(24, KILLS * 5);
const DAY = '2026-01-05T00:00:00Z';
const SENSORS = ['a', 'b', 'c'];

let env: LiveEnv;
let vendor: JsonVendor;

const hourAt = (hour: number) =>
  new Date(Date.parse(DAY) + hour * 3_600_000).toISOString().replace('.000Z', 'Z');

beforeAll(async () => {
  // One record per page, slowly: a kill is sure to fall between two pages of a walk.
  vendor = await jsonVendor(async (url) => {
    await sleep(150);
    const page = Number(url.searchParams.get('after') ?? 0);
    const hour = url.searchParams.get('from') ?? '';
    const next = page + 1 < SENSORS.length ? String(page + 1) : null;
    return { items: [{ hour, sensor: SENSORS[page], value: Date.parse(hour) / 3_600_000 + page }], next };
  });
  env = await liveEnv('kill', { 'orders.ts': ORDERS, 'readings.ts': READINGS });
  await env.apply();
});

afterAll(async () => {
  await env.close();
  await vendor.close();
});

it(
  `a worker that is killed ${KILLS} times at random moments of events and loads leaves exact tables (seed ${SEED})`,
  async () => {
    const random = seeded(SEED);
    const producer = await plainProducer(env.config.kafka.brokers, env.names.rawTopic({ name: 'orders' }));
    const events = Array.from({ length: HOURS * 200 }, (_, n) => ({
      id: `k${n}`,
      at: new Date(Date.parse(DAY) + Math.floor(random() * HOURS * 3_600_000)).toISOString(),
      shop: `s${n % 3}`,
      cents: n,
    }));
    await producer.send(events);
    await producer.send(events.slice(0, 500));
    await producer.close();

    const variables = { VENDOR_URL: vendor.url };
    let worker = await env.worker({ variables });
    const backfills = await Promise.all(
      ['orders_hourly', 'readings'].map((table) =>
        env.temporal.workflow.start('backfill', {
          workflowId: env.names.backfillId(table, hourAt(0), hourAt(HOURS)),
          taskQueue: env.names.taskQueue('bulk'),
          args: [{ table, from: hourAt(0), to: hourAt(HOURS), concurrency: 2 }],
        }),
      ),
    );
    for (let kill = 0; kill < KILLS; kill++) {
      // What earlier kills left between two pages is no work: Temporal hands that out again after 10 s.
      const left = await pagesByLoad();
      await waitUntil(async () => hasGoneOn(left, await pagesByLoad()), {
        timeoutMs: 60_000,
        saw: () => 'no load between two pages',
      });
      await sleep(random() * 200);
      await worker.kill('SIGKILL');
      worker = await env.worker({ variables });
    }
    for (const backfill of backfills) {
      expect((await backfill.result()) as BackfillReport).toMatchObject({
        intervals: HOURS,
        loaded: HOURS,
        failed: 0,
      });
    }

    // Not a kill of an idle worker: some load was begun again.
    const [hit] = await env.db.query(
      `SELECT SUM(attempt - 1) AS n FROM ${env.names.storeSchema}.fences WHERE attempt > 1`,
    );
    const begunAgain = Number(hit?.['n'] ?? 0);
    expect(begunAgain, 'most kills fell into no load: the test has proved little').toBeGreaterThanOrEqual(
      Math.ceil(KILLS / 2),
    );

    const expected = new Map<string, { orders: number; cents: number }>();
    for (const { at, shop, cents } of events) {
      const key = `${at.slice(0, 13).replace('T', ' ')}:00:00.000 ${shop}`;
      const group = expected.get(key) ?? { orders: 0, cents: 0 };
      expected.set(key, { orders: group.orders + 1, cents: group.cents + cents });
    }
    const loaded = (await env.rows('orders_hourly')).map((row) => [
      `${String(row['hour'])} ${String(row['shop'])}`,
      { orders: Number(row['orders']), cents: Number(row['cents']) },
    ]);
    expect(Object.fromEntries(loaded)).toEqual(Object.fromEntries(expected));
    const books = await millrace(['balance', 'orders', '--env', env.names.env]);
    expect(books.stdout.trimEnd().split('\n').at(-1), books.stdout + books.stderr).toBe('balanced');
    // The schedule may add the newest hour while the test runs.
    const readings = (await env.rows('readings')).filter(({ hour }) => String(hour).startsWith('2026-01'));
    expect(readings).toHaveLength(HOURS * SENSORS.length);
    expect(new Set(readings.map(({ sensor, hour }) => `${String(sensor)} ${String(hour)}`)).size).toBe(
      readings.length,
    );
    for (const table of ['stage_orders_hourly', 'stage_readings']) {
      const [left] = await env.db.query(`SELECT COUNT(*) AS n FROM ${env.names.storeSchema}.${table}`);
      expect({ table, left: left?.['n'] }).toEqual({ table, left: '0' });
    }
    await recordProof('load-kill', {
      seed: SEED,
      kills: KILLS,
      intervals: 2 * HOURS,
      attemptsBegunAgain: begunAgain,
      outcome: 'every cell as computed from the events',
    });
  },
  120_000 + KILLS * 30_000,
);

/** Of each load that has committed a page, and not yet its swap: how many pages. */
async function pagesByLoad(): Promise<Map<string, number>> {
  const rows = await env.db.query(`SELECT load_id, pages FROM ${env.names.storeSchema}.load_progress`);
  return new Map(rows.map((row) => [String(row['load_id']), Number(row['pages'])]));
}

function hasGoneOn(before: ReadonlyMap<string, number>, now: ReadonlyMap<string, number>): boolean {
  return [...now].some(([load, pages]) => pages > (before.get(load) ?? 0));
}
