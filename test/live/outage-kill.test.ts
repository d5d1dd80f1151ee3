import { afterAll, beforeAll, expect, it } from 'vitest';
import { intervalContaining, slotOf } from '../../src/definition/calendar.ts';
import { dateTime, instantOf } from '../../src/store/instants.ts';
import { druidProxy, type DruidProxy } from '../support/druid-proxy.ts';
import { liveEnv, type LiveEnv } from '../support/live-env.ts';
import { pendingFailure } from '../support/pending-failure.ts';
import { plainProducer, type PlainProducer } from '../support/plain-producer.ts';
import { DRUID_SERVERS, killServers, reviveServers } from '../support/servers.ts';
import { waitUntil } from '../support/wait-until.ts';

const ORDERS = `
import { every, interval, rollup, sql, stream, z } from 'millrace';
export const orders = stream('orders', {
  event: z.object({ id: z.string(), at: z.iso.datetime(), cents: z.int() }),
  id: 'id', time: 'at',
});
export const ordersPerMinute = rollup('orders_per_minute', {
  every: every.minutes(1), time: 'minute', key: ['minute'],
  row: z.object({ minute: z.iso.datetime(), orders: z.int(), cents: z.int() }),
  sql: sql\`SELECT TIME_FLOOR(__time, 'PT1M') AS "minute", COUNT(*) AS orders, SUM(cents) AS cents
    FROM \${orders} WHERE \${interval} GROUP BY 1\`,
});
`;
const TABLE = 'orders_per_minute';
const OLD = '2026-01-05T07:00:00Z';
const OLD_ROW = { minute: '2026-01-05 07:00:00.000', orders: '3', cents: '600' };

let env: LiveEnv;
let proxy: DruidProxy;
let producer: PlainProducer;
let sent = 0;

beforeAll(async () => {
  env = await liveEnv('outage', { 'orders.ts': ORDERS });
  proxy = await druidProxy(env.config.druid.url);
  await env.apply();
  await env.worker({ variables: { MILLRACE_DRUID_URL: proxy.url } });
  producer = await plainProducer(env.config.kafka.brokers, env.names.rawTopic({ name: 'orders' }));
  await send(OLD, [100, 200, 300]);
  await (await env.start({ table: TABLE, interval: OLD })).result();
  expect(await rowOf(OLD)).toEqual(OLD_ROW);
});

afterAll(async () => {
  await reviveServers();
  await producer.close();
  await env.close();
  await proxy.close();
});

async function send(minute: string, cents: number[]): Promise<void> {
  await producer.send(cents.map((value) => ({ id: `o${sent++}`, at: minute, cents: value })));
}

async function rowOf(minute: string): Promise<unknown> {
  const rows = await env.rows(TABLE);
  return rows.find((row) => instantOf(row['minute']) === minute);
}

/** The interval whose slot comes next, and the id of the run that its schedule will start. */
function nextDue(): { interval: string; workflowId: string; inMs: number } {
  const interval = intervalContaining({ kind: 'minutes', n: 1 }, new Date());
  const slot = slotOf(interval, 0);
  return {
    interval: interval.start,
    workflowId: env.names.workflowId(TABLE, slot),
    inMs: Date.parse(slot) - Date.now(),
  };
}

/** What the run that falls due during an outage says, and what it loads when the outage is over. */
async function outageOf(...servers: readonly string[]) {
  await killServers(...servers);
  const due = nextDue();
  await send(due.interval, [7, 8]);
  const failure = await pendingFailure.of(env, due.workflowId, due.inMs + 60_000);
  const { status } = await env.temporal.workflow.getHandle(due.workflowId).describe();
  await reviveServers();
  await env.temporal.workflow.getHandle(due.workflowId).result();
  return { failure, statusMeanwhile: status.name, row: await rowOf(due.interval), interval: due.interval };
}

it('MariaDB is down while a run is due: the run says so and waits; nothing is lost', async () => {
  const { failure, statusMeanwhile, row, interval } = await outageOf('mariadb');
  expect(failure.type).toBe('MARIADB_UNAVAILABLE');
  expect(failure.message).toContain(`MariaDB at ${env.config.mariadb.host}:${env.config.mariadb.port}`);
  expect(failure.message).toContain("'npx millrace stack status'");
  expect(statusMeanwhile).toBe('RUNNING');
  expect(row).toEqual({ minute: `${dateTime(interval)}.000`, orders: '2', cents: '15' });
  expect(await rowOf(OLD), 'the last good data stays').toEqual(OLD_ROW);
});

it('Druid is down, all of it, while a run is due: the run says so and waits; nothing is lost', async () => {
  const { failure, statusMeanwhile, row, interval } = await outageOf(...DRUID_SERVERS);
  expect(failure.type).toBe('DRUID_UNAVAILABLE');
  expect(failure.message).toContain(proxy.url);
  expect(statusMeanwhile).toBe('RUNNING');
  expect(row).toEqual({ minute: `${dateTime(interval)}.000`, orders: '2', cents: '15' });
  expect(await rowOf(OLD), 'the last good data stays').toEqual(OLD_ROW);
  // What Druid had not published died with it, and is read from Kafka again.
  await (await env.start({ table: TABLE, interval: OLD })).result();
  expect(await rowOf(OLD)).toEqual(OLD_ROW);
});

it('a server of Druid dies between the drain gate and the query: what Druid then answers is not loaded', async () => {
  await send(OLD, [400]);
  const datasource = env.names.datasource({ name: 'orders', version: 1 });
  let isKilled = false;
  proxy.beforeQuery = async () => {
    await killServers('druid-indexer');
    isKilled = true;
    let served = -1;
    const query = `SELECT segment_id FROM sys.segments WHERE datasource = '${datasource}' AND is_available = 1`;
    await waitUntil(async () => (served = (await env.druid.rows(query)).length) === 0, {
      timeoutMs: 60_000,
      saw: () => `${served} segments that the broker believes to be served`,
    });
  };
  const run = await env.start({ table: TABLE, interval: OLD });
  // The drain before it may have failed tries of its own.
  await waitUntil(() => isKilled, { timeoutMs: 120_000, saw: () => 'no query yet' });
  const failure = await pendingFailure.of(env, env.names.workflowId(TABLE, '2026-01-05T07:01:00Z'), 120_000);
  expect(['STREAM_NOT_DRAINED', 'DRUID_SEGMENTS_MISSING']).toContain(failure.type);
  expect(await rowOf(OLD), 'the last good data stays').toEqual(OLD_ROW);
  await reviveServers();
  expect(await run.result()).toMatchObject({ rows: 1 });
  expect(await rowOf(OLD)).toEqual({ ...OLD_ROW, orders: '4', cents: '1000' });
});
