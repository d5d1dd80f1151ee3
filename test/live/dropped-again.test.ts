import { afterAll, beforeAll, expect, it } from 'vitest';
import { apply } from '../../src/apply/index.ts';
import { ORDERS, READINGS } from '../support/definitions.ts';
import { liveEnv, type LiveEnv } from '../support/live-env.ts';
import { plainProducer } from '../support/plain-producer.ts';

const HOUR = '2026-01-05T07:00:00Z';
const FILES = { 'orders.ts': ORDERS, 'readings.ts': READINGS };

let env: LiveEnv;
let topics: string[];
let datasource: string;

beforeAll(async () => {
  env = await liveEnv('dropped again', FILES);
  topics = ['raw', 'clean', 'dead'].map((end) => `${env.names.env}.orders.${end}`);
  datasource = env.names.datasource({ name: 'orders', version: 1 });
  await env.apply();
  await env.worker({ roles: 'live,bulk,ingest' });
});

afterAll(() => env.close());

/** One order per number of cents. */
async function send(...cents: number[]): Promise<void> {
  const producer = await plainProducer(env.config.kafka.brokers, env.names.rawTopic({ name: 'orders' }));
  await producer.send(
    cents.map((one) => ({ id: `o${one}`, at: '2026-01-05T07:12:00Z', shop: 'n', cents: one })),
  );
  await producer.close();
}

/** Takes the stream and its rollup out, drops what is named, and applies the files again. */
async function dropAndDefineAgain(...dropData: string[]): Promise<void> {
  env.define({ 'readings.ts': READINGS });
  await apply({ ...env.config, pipelinesDir: env.folder() }, { prune: true, dropData });
  env.define(FILES);
  await env.apply();
}

async function loaded(): Promise<unknown[]> {
  await (await env.start({ table: 'orders_hourly', interval: HOUR })).result();
  return (await env.rows('orders_hourly')).map(({ orders, cents }) => [orders, cents]);
}

it('of a stream that was dropped with all its data nothing comes back, and its first load does not wait for it', async () => {
  await send(1, 2);
  expect(await loaded()).toEqual([['2', '3']]);
  await dropAndDefineAgain(...topics, datasource, 'orders_hourly');
  await send(40);
  expect(await loaded()).toEqual([['1', '40']]);
});

it('a datasource that was dropped alone is filled again from the beginning of its topic', async () => {
  await send(50);
  expect(await loaded()).toEqual([['2', '90']]);
  await dropAndDefineAgain(datasource);
  expect(await loaded()).toEqual([['2', '90']]);
});

it('a datasource that was kept holds what it held, and reads topics that were made anew from their beginning', async () => {
  await dropAndDefineAgain(...topics);
  await send(60, 61, 62, 63, 64);
  expect(await loaded()).toEqual([['7', '400']]);
}, 300_000);

it('a field cannot come back with another type while the datasource holds events from before, and can once that was dropped', async () => {
  const withWeight = (type: string) => ({
    'orders.ts': ORDERS.replace(
      'cents: z.int() }),\n  id:',
      `cents: z.int(), weight: ${type}.optional() }),\n  id:`,
    ),
    'readings.ts': READINGS,
  });
  const applied = async (files: Record<string, string>, ...dropData: string[]) => {
    env.define(files);
    return apply({ ...env.config, pipelinesDir: env.folder() }, { prune: true, dropData }).then(
      () => '',
      String,
    );
  };
  expect(await applied(withWeight('z.number()'))).toBe('');
  expect(await applied(FILES)).toBe('');
  const refusal = 'in which a field had another type: weight was double and would be string';
  expect(await applied(withWeight('z.string()')), 'left out for a while').toContain(refusal);
  expect(await applied({ 'readings.ts': READINGS })).toBe('');
  expect(await applied(withWeight('z.string()')), 'after the stream was retired').toContain(refusal);
  expect(await applied(withWeight('z.number()'))).toBe('');
  expect(await applied({ 'readings.ts': READINGS }, datasource)).toBe('');
  expect(await applied(withWeight('z.string()'))).toBe('');
});
