import { Kafka, logLevel } from 'kafkajs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createLog } from '../../src/log.ts';
import { redactionOf } from '../../src/redaction/index.ts';
import { openLive } from '../../src/workers/roles/live.ts';
import { ORDERS } from '../support/definitions.ts';
import { readTopic } from '../support/ingest-env.ts';
import { lateServer, type LateServer } from '../support/late-server.ts';
import { liveEnv, type LiveEnv } from '../support/live-env.ts';
import { plainProducer, type PlainProducer } from '../support/plain-producer.ts';
import { waitUntil } from '../support/wait-until.ts';

let env: LiveEnv;
let producer: PlainProducer;
/** Temporal where nothing answers. */
let away: { TEMPORAL_ADDRESS: string };

beforeAll(async () => {
  env = await liveEnv('roles', { 'orders.ts': ORDERS });
  await env.apply();
  producer = await plainProducer(env.config.kafka.brokers, env.names.rawTopic({ name: 'orders' }));
  away = at(await lateServer(NOBODY));
});

afterAll(async () => {
  await producer.close();
  await env.close();
});

const NOBODY = { host: '127.0.0.1', port: 1 };
const at = ({ port }: LateServer) => ({ TEMPORAL_ADDRESS: `127.0.0.1:${port}` });

let sent = 0;
const orders = (count: number) =>
  Array.from({ length: count }, () => ({
    id: `o${sent++}`,
    at: '2026-01-05T07:12:00Z',
    shop: 'north',
    cents: 1,
  }));

/** Waits until the clean topic holds exactly what was sent. */
async function flowed(): Promise<void> {
  const plain = new Kafka({
    brokers: env.config.kafka.brokers,
    clientId: 'roles',
    logLevel: logLevel.NOTHING,
  });
  let keys: (string | null)[] = [];
  await waitUntil(
    async () => {
      keys = (await readTopic(plain, env.names.cleanTopic('orders'))).map(({ key }) => key);
      return keys.length >= sent;
    },
    { timeoutMs: 60_000, saw: () => `${keys.length} of ${sent} clean events` },
  );
  expect(keys.sort()).toEqual(Array.from({ length: sent }, (_, index) => `o${index}`).sort());
}

it('a worker for events alone starts and works while Temporal is away, and SIGTERM ends it in good order', async () => {
  const worker = await env.worker({ roles: 'ingest', variables: away });
  await producer.send(orders(500));
  await flowed();
  await producer.send(orders(500));
  await flowed();
  expect(await worker.kill('SIGTERM')).toBe(0);
  expect(worker.log()).toContain('worker has stopped');
  expect(worker.log()).not.toMatch(/temporal/i);
  // What it said of its streams went with it.
  expect(await env.db.query(`SELECT stream FROM ${env.names.storeSchema}.consumers`)).toEqual([]);
});

it('a worker for events alone starts while MariaDB and Kafka are away, says so, and takes up its work when they come', async () => {
  const [host = '', port] = (env.config.kafka.brokers[0] ?? '').split(':');
  const temporal = await lateServer(NOBODY);
  await temporal.open();
  const mariadb = await lateServer(env.config.mariadb);
  const kafka = await lateServer({ host, port: Number(port) });
  const worker = await env.worker({
    roles: 'ingest',
    variables: {
      ...at(temporal),
      MILLRACE_MARIADB_HOST: '127.0.0.1',
      MILLRACE_MARIADB_PORT: String(mariadb.port),
      MILLRACE_KAFKA_BROKERS: `127.0.0.1:${kafka.port}`,
    },
  });
  await says(worker.log, 'MariaDB cannot be asked');
  await mariadb.open();
  await says(worker.log, 'KAFKA_UNAVAILABLE');
  await kafka.open();
  await producer.send(orders(500));
  await flowed();
  expect(await worker.kill('SIGTERM')).toBe(0);
  expect(temporal.accepted()).toBe(0);
  for (const server of [temporal, mariadb, kafka]) server.close();
});

async function says(log: () => string, text: string): Promise<void> {
  await waitUntil(() => log().includes(text), { timeoutMs: 30_000, saw: log });
}

it('a worker whose roles need Temporal ends with the cause while it is away', async () => {
  await expect(env.worker({ roles: 'live,ingest', variables: away })).rejects.toThrow(
    `TEMPORAL_UNAVAILABLE: Temporal at ${away.TEMPORAL_ADDRESS} did not answer`,
  );
});

it('a role that was opened and never ran lets go of its connections', async () => {
  const redaction = redactionOf([]);
  const role = await openLive({
    config: env.config,
    log: createLog(env.config, 'test', redaction),
    redaction,
  });
  await role.stop();
});
