import { afterAll, beforeAll, expect, it } from 'vitest';
import { Kafka, logLevel } from 'kafkajs';
import type { Balance } from '../../src/balance/index.ts';
import { millrace } from '../support/as-user.ts';
import { ORDERS } from '../support/definitions.ts';
import { refusedAddress } from '../support/druid-proxy.ts';
import { liveEnv, type LiveEnv } from '../support/live-env.ts';
import { plainProducer } from '../support/plain-producer.ts';
import { waitUntil } from '../support/wait-until.ts';

const HOURS = ['2026-01-05T07:00:00Z', '2026-01-05T08:00:00Z', '2026-01-05T09:00:00Z'];
const PER_HOUR = 20;

/** A rollup that marks no column: nothing of it can be held against the stream. */
const SHOPS = `
import { every, interval, rollup, sql, z } from 'millrace';
import { orders } from './orders.ts';
export const shops = rollup('shops', {
  every: every.day(), time: 'day', key: ['day'], row: z.object({ day: z.iso.date(), shops: z.int() }),
  sql: sql\`SELECT CAST(TIME_FLOOR(__time, 'P1D') AS DATE) AS "day", COUNT(DISTINCT shop) AS shops FROM \${orders} WHERE \${interval} GROUP BY 1\`,
});`;
const NOT_COMPARED =
  'shops was not compared: it marks no column that counts the events (counts: { column: orders })';

let env: LiveEnv;

const orderAt = (hour: string, n: number) => ({
  id: `${hour}-${n}`,
  at: hour.replace(':00:00Z', `:${String(n % 60).padStart(2, '0')}:00Z`),
  shop: `s${n % 3}`,
  cents: n,
});

async function send(events: readonly object[]): Promise<void> {
  const producer = await plainProducer(env.config.kafka.brokers, env.names.rawTopic({ name: 'orders' }));
  await producer.send(events);
  await producer.close();
}

const load = async (interval: string) => (await env.start({ table: 'orders_hourly', interval })).result();

const command = (args: string[] = [], variables = {}) =>
  millrace(['balance', 'orders', '--env', env.names.env, ...args], variables);

/** What the command prints for a program, and its exit code. */
async function balanced(args: string[] = [], variables = {}): Promise<Balance & { code: number | null }> {
  const { code, stdout, stderr } = await command([...args, '--json'], variables);
  if (!stdout.startsWith('{')) throw new Error(`balance printed no JSON: ${stdout}${stderr}`);
  return { code, ...(JSON.parse(stdout) as Balance) };
}

const bookOf = ({ totals }: Balance, name: string) => {
  const book = totals.find((total) => total.book.startsWith(name));
  return book && [book.expected, book.found];
};
const whereOf = ({ differences }: Balance) =>
  differences.map(({ side, interval, expected, found }) => [side, interval?.start ?? null, expected, found]);

beforeAll(async () => {
  env = await liveEnv('balance', { 'orders.ts': ORDERS, 'shops.ts': SHOPS });
  await env.apply();
  await env.worker({ roles: 'live,bulk,ingest' });
  const orders = HOURS.flatMap((hour) => Array.from({ length: PER_HOUR }, (_, n) => orderAt(hour, n)));
  await send(orders);
  await send([...orders.slice(0, 5), { broken: true }, { id: 'x', at: 'yesterday' }]);
  for (const hour of HOURS) await load(hour);
});

afterAll(() => env.close());

it('the books of a stream with duplicates and dead letters balance to the event', async () => {
  const found = await balanced();
  expect(found).toMatchObject({ code: 0, differences: [], late: [], unknown: [], notes: [NOT_COMPARED] });
  expect(bookOf(found, 'raw')).toEqual([67, 67]);
  expect(bookOf(found, 'clean')).toEqual([60, 60]);
  expect(bookOf(found, 'dead')).toEqual([2, 2]);
  expect(bookOf(found, 'duplicate')).toEqual([null, 5]);
  expect(bookOf(found, env.names.datasource({ name: 'orders', version: 1 }))).toEqual([60, 60]);
  expect(bookOf(found, 'orders_hourly.orders')).toEqual([60, 60]);
});

it('a range restricts what is counted by event time', async () => {
  const found = await balanced(['--from', HOURS[1] ?? '', '--to', HOURS[2] ?? '']);
  expect(found).toMatchObject({ code: 0, differences: [] });
  expect(bookOf(found, 'orders_hourly.orders')).toEqual([20, 20]);
  expect(bookOf(found, 'clean')).toEqual([60, 60]);
});

it('an event that came after its interval was loaded makes that interval late, which is no difference', async () => {
  await send([{ ...orderAt(HOURS[0] ?? '', 21), id: 'late' }]);
  await waitUntil(async () => bookOf(await balanced(), 'clean')?.[0] === 61, { timeoutMs: 20_000 });
  const { code, stdout } = await command();
  expect(stdout).toContain(
    'orders_hourly 2026-01-05T07:00:00Z: loaded before 1 event came; a reload heals it: npx millrace backfill orders_hourly --from 2026-01-05T07:00:00Z --to 2026-01-05T08:00:00Z --reprocess all',
  );
  expect(stdout.trimEnd().split('\n').at(-1)).toBe('balanced, 1 late interval');
  expect(code).toBe(0);
});

it('a row that was deleted by hand is named with its interval and column, until the interval is loaded again', async () => {
  await env.db.execute(
    `DELETE FROM ${env.names.schema}.orders_hourly WHERE hour = '2026-01-05 08:00:00' AND shop = 's1'`,
  );
  const { code, stdout } = await command();
  expect(stdout).toMatch(
    /^! orders_hourly\.orders, 2026-01-05T08:00:00Z → 2026-01-05T09:00:00Z: 13, expected 20\. .*deleted or changed by hand.* npx millrace backfill orders_hourly --from 2026-01-05T08:00:00Z/m,
  );
  expect(stdout.trimEnd().split('\n').at(-1)).toBe('1 difference, 1 late interval');
  expect(code).toBe(1);
  for (const hour of HOURS) await load(hour);
  expect(await balanced()).toMatchObject({ code: 0, differences: [], late: [] });
});

it('a load that did not wait for events which had arrived before it is a difference, not late', async () => {
  await send([{ ...orderAt(HOURS[0] ?? '', 22), id: 'held' }]);
  // As if the load had begun after that, with the event behind somebody's open transaction.
  await env.db.execute(
    `UPDATE ${env.names.storeSchema}.loads SET started_at = started_at + INTERVAL 1 HOUR
     WHERE interval_start = '2026-01-05 07:00:00'`,
  );
  let found: Balance | undefined;
  await waitUntil(
    async () => {
      found = await balanced();
      return bookOf(found, 'clean')?.[0] === 62;
    },
    { timeoutMs: 20_000, saw: () => JSON.stringify(found?.totals) },
  );
  expect(found).toMatchObject({ code: 1, late: [] });
  expect(found?.differences).toEqual([
    expect.objectContaining({
      side: 'orders_hourly.orders',
      expected: 22,
      found: 21,
      means: expect.stringMatching(/ 1 of those had arrived before the load began/) as string,
    }),
  ]);
  await load(HOURS[0] ?? '');
  expect(await balanced()).toMatchObject({ code: 0, differences: [], late: [] });
});

it('where Druid does not answer, that is said, and the rest is compared', async () => {
  const found = await balanced([], { MILLRACE_DRUID_URL: await refusedAddress() });
  expect(found).toMatchObject({ code: 1, differences: [] });
  expect(found.unknown).toEqual([expect.stringMatching(/^Druid could not be compared: DRUID_UNAVAILABLE: /)]);
  expect(bookOf(found, 'clean')).toEqual([62, 62]);
  expect(bookOf(found, 'orders_hourly.orders')).toEqual([62, 62]);
});

it('a stream that is not there is an error that names the nearest', async () => {
  const { code, stderr } = await millrace(['balance', 'order', '--env', env.names.env]);
  expect(stderr).toContain("TABLE_UNKNOWN: No applied stream is called 'order'; did you mean 'orders'?");
  expect(code).toBe(3);
});

it('a record that somebody else has written into the clean topic is named, with what it holds', async () => {
  const topic = env.names.cleanTopic('orders');
  const foreign = new Kafka({
    brokers: env.config.kafka.brokers,
    clientId: 'foreign',
    logLevel: logLevel.NOTHING,
  }).producer();
  await foreign.connect();
  const event = { ...orderAt(HOURS[2] ?? '', 30), id: 'foreign', secret: 'NA' };
  await foreign.send({ topic, messages: [{ partition: 0, key: 'foreign', value: JSON.stringify(event) }] });
  await foreign.disconnect();
  const found = await balanced();
  expect(found.code).toBe(1);
  expect(whereOf(found)).toEqual([
    ['clean', null, 0, 1],
    ['clean', null, 0, 1],
  ]);
  expect(found.differences.map(({ means }) => means).sort()).toEqual([
    expect.stringMatching(/^Records that our writer does not write; .* it holds the field 'secret'/),
    expect.stringMatching(/^They lie behind the last record .*: somebody else writes to the topic/),
  ]);
  expect(found.late).toMatchObject([{ interval: { start: HOURS[2] }, events: 1 }]);
});

it('events that Druid was moved past are named by interval, and no rollup is blamed for them', async () => {
  const id = env.names.datasource({ name: 'orders', version: 1 });
  const topic = env.names.cleanTopic('orders');
  const ends = [...(await env.kafka.bounds(topic))].map(([partition, { high }]) => [partition, Number(high)]);
  const answer = await fetch(`${env.config.druid.url}/druid/indexer/v1/supervisor/${id}/resetOffsets`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      type: 'kafka',
      partitions: { type: 'end', stream: topic, partitionOffsetMap: Object.fromEntries(ends) as object },
    }),
  });
  expect(answer.status, await answer.text()).toBe(200);
  await send([{ ...orderAt(HOURS[1] ?? '', 40), id: 'after' }]);
  let found: Balance | undefined;
  await waitUntil(
    async () => {
      found = await balanced();
      return found.unknown.length === 0;
    },
    { timeoutMs: 100_000, saw: () => JSON.stringify(found?.unknown) },
  );
  if (found === undefined) throw new Error('nothing was found');
  expect(whereOf(found).filter(([side]) => side === id)).toEqual([
    [id, HOURS[0], 22, 0],
    [id, HOURS[1], 21, 1],
    [id, HOURS[2], 21, 0],
  ]);
  expect(whereOf(found).map(([side]) => side)).not.toContain('orders_hourly.orders');
});
