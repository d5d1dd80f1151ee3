import { Kafka, logLevel } from 'kafkajs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { streamCoverage } from '../../src/store/coverage.ts';
import { ledgerIn } from '../../src/store/ledger.ts';
import { marksReaderIn } from '../../src/store/marks/reader.ts';
import { ORDERS } from '../support/definitions.ts';
import { refusedAddress } from '../support/druid-proxy.ts';
import { liveEnv, type LiveEnv } from '../support/live-env.ts';
import { plainProducer, type PlainProducer } from '../support/plain-producer.ts';
import { pendingFailure } from '../support/pending-failure.ts';
import { waitUntil } from '../support/wait-until.ts';

const HOUR = '2026-01-05T07:00:00Z';

let env: LiveEnv;
let producer: PlainProducer;

beforeAll(async () => {
  env = await liveEnv('rollup', { 'orders.ts': ORDERS });
  await env.apply();
  producer = await plainProducer(env.config.kafka.brokers, env.names.rawTopic({ name: 'orders' }));
});

afterAll(async () => {
  await producer.close();
  await env.close();
});

let sent = 0;
const order = (shop: string, cents: number, at = '2026-01-05T07:12:00Z') => ({
  id: `o${sent++}`,
  at,
  shop,
  cents,
});
const load = async (interval = HOUR) => (await env.start({ table: 'orders_hourly', interval })).result();

it('a stream that has had no event yet is drained at once and loads no rows', async () => {
  await env.worker({ roles: 'live,bulk,ingest' });
  expect(await load()).toMatchObject({ rows: 0 });
});

it('a run includes every event that was in the raw topic when it began, without any wait of ours', async () => {
  await producer.send([order('north', 100), order('north', 250), order('south', 5), { broken: true }]);
  expect(await load()).toMatchObject({ rows: 2 });
  expect(await env.rows('orders_hourly')).toEqual([
    { hour: '2026-01-05 07:00:00.000', shop: 'north', orders: '2', cents: '350' },
    { hour: '2026-01-05 07:00:00.000', shop: 'south', orders: '1', cents: '5' },
  ]);
});

it('a load records how far it had come, and in which clean topic', async () => {
  const ledger = ledgerIn(env.db, env.names);
  const rows = [];
  for await (const row of ledger.rowsOf('orders_hourly', HOUR, '2026-01-05T08:00:00Z')) rows.push(row);
  const [row] = rows;
  if (row === undefined) throw new Error(`the ledger has no row of ${HOUR}`);
  const { offsets, incarnation } = streamCoverage(row, 'orders');
  expect(incarnation).toBe(await env.kafka.topicId(env.names.cleanTopic('orders')));
  expect(Object.values(offsets).some((offset) => offset !== '0')).toBe(true);
  const marks = marksReaderIn(env.db, env.names);
  const interval = { start: HOUR, end: '2026-01-05T08:00:00Z' };
  expect(await marks.aheadOf('orders', interval, streamCoverage(row, 'orders'))).toEqual([]);
  await producer.send([order('north', 1)]);
  await waitUntil(
    async () => (await marks.aheadOf('orders', interval, streamCoverage(row, 'orders'))).length === 1,
    { timeoutMs: 20_000, saw: () => 'no mark ahead of the load' },
  );
});

it('holds for many events just sent, again and again', async () => {
  for (let round = 0; round < 5; round++) {
    const before = Number(
      (await env.rows('orders_hourly')).find(({ shop }) => shop === 'many')?.['orders'] ?? 0,
    );
    await producer.send(Array.from({ length: 2_000 }, () => order('many', 1)));
    await load();
    const many = (await env.rows('orders_hourly')).find(({ shop }) => shop === 'many');
    expect(Number(many?.['orders'])).toBe(before + 2_000);
  }
});

it('late events of an old interval are there when that interval is run again', async () => {
  const old = '2026-01-02T03:00:00Z';
  await producer.send([
    order('late', 1, '2026-01-02T03:59:59.999Z'),
    order('late', 2, '2026-01-02T04:00:00Z'),
  ]);
  expect(await load(old)).toMatchObject({ rows: 1 });
  await producer.send([order('later', 1, '2026-01-02T03:00:00Z')]);
  expect(await load(old)).toMatchObject({ rows: 2, replacedRows: 1 });
});

it('the view reads the tables, and shows no column of ours', async () => {
  const [first] = await env.rows('busy_hours');
  expect(Object.keys(first ?? {})).toEqual(['hour', 'shop', 'orders', 'cents']);
});

it('a rollup over two streams, one of them still without an event, loads what the other has', async () => {
  const returns = ORDERS.replaceAll('orders', 'refunds')
    .replaceAll('busy_hours', 'busy_refunds')
    .replace('busyHours', 'busyRefunds');
  const both = `
import { every, interval, rollup, sql, z } from 'millrace';
import { orders } from './orders.ts';
import { refunds } from './refunds.ts';
export const flowHourly = rollup('flow_hourly', {
  every: every.hour(), time: 'hour', key: ['hour'],
  row: z.object({ hour: z.iso.datetime(), events: z.int() }),
  sql: sql\`SELECT TIME_FLOOR(__time, 'PT1H') AS "hour", COUNT(*) AS events
    FROM (SELECT __time FROM \${orders} WHERE \${interval} UNION ALL SELECT __time FROM \${refunds} WHERE \${interval}) GROUP BY 1\`,
});`;
  env.define({ 'orders.ts': ORDERS, 'refunds.ts': returns, 'flow.ts': both });
  await env.apply();
  expect((await oneFlow()).events).toBeGreaterThan(3);
});

async function oneFlow(): Promise<{ events: number }> {
  await (await env.start({ table: 'flow_hourly', interval: HOUR })).result();
  const [row] = await env.rows('flow_hourly');
  return { events: Number(row?.['events']) };
}

/** An env whose rollup has one order to wait for. */
async function applyAndSendOne(separate: LiveEnv): Promise<void> {
  await separate.apply();
  const { config, names } = separate;
  const other = await plainProducer(config.kafka.brokers, names.rawTopic({ name: 'orders' }));
  await other.send([order('north', 100)]);
  await other.close();
}

it('without a consumer the run waits and says for whom, and loads once one is there', async () => {
  const separate = await liveEnv('rollup without ingest', { 'orders.ts': ORDERS });
  try {
    await applyAndSendOne(separate);
    await separate.worker({ roles: 'live' });
    const run = await separate.start({ table: 'orders_hourly', interval: HOUR });
    const canonical = separate.names.workflowId('orders_hourly', '2026-01-05T08:00:00Z');
    expect(await pendingFailure.details(separate, canonical)).toMatch(
      /'orders' is not drained.*role 'ingest'/,
    );
    // A try is short: between two of them a waiting run holds no place in the worker.
    expect(await pendingFailure.of(separate, canonical, 15_000)).toMatchObject({
      type: 'STREAM_NOT_DRAINED',
      message: expect.stringMatching(
        /partition \d+ is consumed to 0 of 1\. Is a worker with the role 'ingest'/,
      ) as string,
    });
    await separate.worker({ roles: 'ingest' });
    expect(await run.result()).toMatchObject({ rows: 1 });
  } finally {
    await separate.close();
  }
});

it("events behind somebody else's open transaction are waited for, and counted once it has ended", async () => {
  const separate = await liveEnv('rollup transaction', { 'orders.ts': ORDERS });
  const { brokers } = separate.config.kafka;
  const topic = separate.names.rawTopic({ name: 'orders' });
  const foreign = new Kafka({ brokers, clientId: 'foreign', logLevel: logLevel.NOTHING }).producer({
    transactionalId: separate.names.env,
    maxInFlightRequests: 1,
  });
  try {
    await applyAndSendOne(separate);
    await separate.worker({ roles: 'live,ingest' });
    await foreign.connect();
    const transaction = await foreign.transaction();
    const partitions = (await separate.kafka.topicPartitions(topic)) ?? 0;
    const held = Array.from({ length: partitions }, (_, partition) => ({
      partition,
      value: '{"held":true}',
    }));
    await transaction.send({ topic, messages: held });
    const other = await plainProducer(brokers, topic);
    await other.send(Array.from({ length: 20 }, () => order('north', 100)));
    await other.close();

    const run = await separate.start({ table: 'orders_hourly', interval: HOUR });
    const canonical = separate.names.workflowId('orders_hourly', '2026-01-05T08:00:00Z');
    expect(await pendingFailure.details(separate, canonical)).toContain(
      'A producer has a transaction open there',
    );
    await transaction.abort();
    expect(await run.result()).toMatchObject({ rows: 1 });
    expect(await separate.rows('orders_hourly')).toMatchObject([{ orders: '21', cents: '2100' }]);
  } finally {
    await foreign.disconnect();
    await separate.close();
  }
});

it("where Druid's tasks cannot be reached the run waits, and names their address and the setting", async () => {
  const separate = await liveEnv('rollup without tasks', { 'orders.ts': ORDERS });
  try {
    await applyAndSendOne(separate);
    const away = await refusedAddress();
    const cutOff = await separate.worker({ variables: { MILLRACE_DRUID_TASKS_URL: away } });
    const run = await separate.start({ table: 'orders_hourly', interval: HOUR });
    const canonical = separate.names.workflowId('orders_hourly', '2026-01-05T08:00:00Z');
    let said = '';
    await waitUntil(
      async () => {
        said = await pendingFailure.details(separate, canonical);
        return said.includes(away);
      },
      { timeoutMs: 60_000, saw: () => said },
    );
    expect(said).toMatch(/did not answer at .*ECONNREFUSED.*set MILLRACE_DRUID_TASKS_URL/);
    await cutOff.kill('SIGTERM');
    await separate.worker();
    expect(await run.result()).toMatchObject({ rows: 1 });
  } finally {
    await separate.close();
  }
});
