import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createKafkaClient } from '../../src/clients/kafka/index.ts';
import type { KafkaClient } from '../../src/clients/kafka/port.ts';
import { connectMariaDb } from '../../src/clients/mariadb.ts';
import { loadConfig, stateDir } from '../../src/config.ts';
import { PACKAGE_DIR } from '../../src/package.ts';
import { isMillraceError, type MillraceError } from '../../src/errors.ts';
import { druidConsumerProperties } from '../../src/targets/druid/spec.ts';
import { READINGS } from '../support/definitions.ts';
import { seenByDruid } from '../support/druid-consumer/index.ts';
import { egressProxy, type EgressProxy } from '../support/egress-proxy.ts';
import { failureOf } from '../support/failure.ts';
import { jsonVendor, type Answer, type JsonVendor } from '../support/json-vendor.ts';
import { liveEnv, type LiveEnv } from '../support/live-env.ts';
import { pendingFailure } from '../support/pending-failure.ts';
import {
  makeCertificates,
  startSaslKafka,
  startTlsMariaDb,
  type Certificates,
  type PrivateServer,
} from '../support/private-server.ts';
import { temporalCli } from '../support/temporal-cli.ts';
import { waitUntil } from '../support/wait-until.ts';

const CERTIFICATES = path.join(stateDir(), `test-certificates-${process.pid}`);
let certificates: Certificates;

beforeAll(async () => {
  certificates = await makeCertificates(CERTIFICATES);
});

afterAll(() => rmSync(CERTIFICATES, { recursive: true, force: true }));

async function refusalOf(run: Promise<unknown>): Promise<MillraceError> {
  const outcome: unknown = await run.catch((error: unknown) => error);
  if (isMillraceError(outcome)) return outcome;
  throw new Error(`it was to be refused with one of our codes, not ${String(outcome)}`);
}

describe('a MariaDB that wants TLS', () => {
  let server: PrivateServer;

  beforeAll(async () => {
    server = await startTlsMariaDb(certificates);
  });
  afterAll(() => server.stop());

  const connect = (variables: Record<string, string>, password = server.home.secrets.mariadbWorker) => {
    const { mariadb } = loadConfig({
      MILLRACE_MARIADB_HOST: '127.0.0.1',
      MILLRACE_MARIADB_PORT: String(server.port),
      ...variables,
    });
    return connectMariaDb(mariadb, { user: 'millrace', password }, { connections: 1 });
  };
  const ask = async (variables: Record<string, string>, password?: string) => {
    const db = connect(variables, password);
    try {
      return await db.query("SHOW SESSION STATUS LIKE 'Ssl_cipher'");
    } finally {
      await db.close();
    }
  };
  const withCa = () => ({ MILLRACE_MARIADB_TLS: '1', MILLRACE_MARIADB_CA: certificates.ca });

  it('is spoken with in cipher, given its CA', async () => {
    const [row] = await ask(withCa());
    expect(String(row?.['Value'])).toMatch(/AES|CHACHA/);
  });

  it('carries transactions like any other', async () => {
    const db = connect(withCa());
    const [row] = await db.transaction((tx) => tx.query('SELECT 1 AS one'));
    expect(row).toEqual({ one: 1 });
    await db.close();
  });

  it.each([
    ['in plain text', () => ({}), /MILLRACE_MARIADB_TLS/],
    ['by a client without its CA', () => ({ MILLRACE_MARIADB_TLS: '1' }), /MILLRACE_MARIADB_CA/],
    [
      'by a client with the CA of somebody else',
      () => ({ MILLRACE_MARIADB_TLS: '1', MILLRACE_MARIADB_CA: certificates.otherCa }),
      /MILLRACE_MARIADB_CA/,
    ],
    [
      'under a name that its certificate does not hold',
      () => ({ ...withCa(), MILLRACE_MARIADB_HOST: 'localhost' }),
      /MILLRACE_MARIADB_HOST/,
    ],
  ])('is not spoken to %s, and the message names the setting', async (_what, variables, says) => {
    const error = await refusalOf(ask(variables()));
    expect(error).toMatchObject({ code: 'MARIADB_REFUSED', retryable: false });
    expect(error.message).toMatch(says);
  });

  it('refuses a wrong password, which is not repeated in the message', async () => {
    const error = await refusalOf(ask(withCa(), 'guess-me'));
    expect(error).toMatchObject({ code: 'MARIADB_REFUSED', retryable: false });
    expect(error.message).toMatch(/Access denied.*MILLRACE_MARIADB_PASSWORD/);
    expect(JSON.stringify([error.message, error.context])).not.toContain('guess-me');
  });
});

describe('a Kafka that wants TLS and a login', () => {
  const login = { username: 'millrace', password: 'right-one' };
  let server: PrivateServer;

  beforeAll(async () => {
    server = await startSaslKafka(certificates, login);
    const kafka = client();
    await waitUntil(
      () =>
        kafka.topics().then(
          () => true,
          () => false,
        ),
      { timeoutMs: 60_000 },
    );
    await kafka.close();
  });
  afterAll(() => server.stop());

  const settings = (variables: Record<string, string> = {}) =>
    loadConfig({
      MILLRACE_KAFKA_BROKERS: `127.0.0.1:${server.port}`,
      MILLRACE_KAFKA_TLS: '1',
      MILLRACE_KAFKA_CA: certificates.ca,
      MILLRACE_KAFKA_SASL: 'plain',
      MILLRACE_KAFKA_USERNAME: login.username,
      MILLRACE_KAFKA_PASSWORD: login.password,
      ...variables,
    }).kafka;
  const client = (variables: Record<string, string> = {}) =>
    createKafkaClient(settings(variables), 'test-security');

  it('is written to and read from, in transactions', async () => {
    const kafka = client();
    try {
      await kafka.ensureTopics([{ topic: 'locked', partitions: 1, config: {} }]);
      const at = await firstTransaction(kafka, 'in cipher');
      const read: string[] = [];
      const range = { topic: 'locked', partition: 0, from: BigInt(at), to: BigInt(at) + 1n };
      await kafka.readRange(range, (records) => {
        read.push(...records.map(({ value }) => String(value)));
      });
      expect(read).toEqual(['in cipher']);
      expect((await kafka.committed('test-security', 'locked')).get(0)?.offset).toBe(1n);
    } finally {
      await kafka.close();
    }
  });

  it("is read by Druid, whose environment holds the password and whose supervisor's spec does not", async () => {
    const kafka = client();
    await kafka.ensureTopics([{ topic: 'locked', partitions: 1, config: {} }]);
    await kafka.close();
    const { 'sasl.jaas.config': jaas } = druidConsumerProperties(settings()) as Record<string, string>;
    const named = druidConsumerProperties(settings({ MILLRACE_KAFKA_JAAS_VARIABLE_FOR_DRUID: 'TEST_JAAS' }));
    expect(JSON.stringify(named)).not.toContain(login.password);
    // Kafka's own library trusts what Java trusts, unless told.
    const properties = {
      ...{ ...named, 'ssl.truststore.type': 'PEM', 'ssl.truststore.location': certificates.ca },
    };
    const seen = (of: string) => seenByDruid(properties, 'locked', { TEST_JAAS: of });
    expect(await seen(jaas ?? '')).toEqual({ partitions: 1 });
    expect(await seen((jaas ?? '').replace(login.password, 'guess-me'))).toEqual({
      refused: expect.stringMatching(/Authentication failed/) as string,
    });
  });

  it('refuses a wrong password: not repeated, and the password is not in the message', async () => {
    const kafka = client({ MILLRACE_KAFKA_PASSWORD: 'guess-me' });
    const error = await refusalOf(kafka.topics());
    await kafka.close();
    expect(error).toMatchObject({ code: 'KAFKA_REFUSED', retryable: false });
    expect(error.message).toMatch(/Authentication failed.*MILLRACE_KAFKA_PASSWORD/s);
    expect(JSON.stringify([error.message, error.context])).not.toContain('guess-me');
  });

  it.each([
    ['in plain text', { MILLRACE_KAFKA_TLS: '0' }],
    ['by a client with the CA of somebody else', () => ({ MILLRACE_KAFKA_CA: certificates.otherCa })],
    ['by a client without a login', { MILLRACE_KAFKA_SASL: '' }],
  ])('is not spoken to %s, and the error is one of ours', async (_what, variables) => {
    const kafka = client(typeof variables === 'function' ? variables() : variables);
    const error = await refusalOf(kafka.topics());
    await kafka.close();
    expect(['KAFKA_REFUSED', 'KAFKA_UNAVAILABLE']).toContain(error.code);
  });
});

/** A new cluster makes its logs of transactions and positions when first asked, and has no coordinators before. */
async function firstTransaction(kafka: KafkaClient, value: string): Promise<number> {
  const position = { group: 'test-security', topic: 'locked', partition: 0, offset: 1n, metadata: '' };
  let offset = -1;
  let saw: unknown;
  const attempt = async () => {
    const producer = await kafka.openProducer('test-security.0');
    try {
      offset = await producer.send('locked', [{ partition: 0, key: 'k', value: Buffer.from(value) }]);
      await producer.commit(position);
    } finally {
      await producer.close();
    }
  };
  const isDone = () =>
    attempt().then(
      () => true,
      (error: unknown) => {
        saw = error;
        return false;
      },
    );
  await waitUntil(isDone, { timeoutMs: 60_000, saw: () => saw });
  return offset;
}

const CANARY = 'canary-7c1f0e55d2';
const SECRET = READINGS.replace(
  "records: 'items',",
  "records: 'items', auth: { bearer: secret('READINGS_TOKEN') },",
).replace('{ every, pull', '{ every, pull, secret');

describe('a secret', () => {
  let env: LiveEnv;
  let vendor: JsonVendor;
  let answer: Answer;
  const HOUR = '2026-01-05T07:00:00Z';

  beforeAll(async () => {
    vendor = await jsonVendor(() => answer);
    env = await liveEnv('security: secrets', { 'readings.ts': SECRET });
    await env.apply();
  });
  afterAll(async () => {
    await env.close();
    await vendor.close();
  });

  it('stands nowhere but in the request: no history, log, catalogue or ledger, even if the vendor repeats it', async () => {
    const worker = await env.worker({
      roles: 'live,bulk',
      variables: { VENDOR_URL: vendor.url, READINGS_TOKEN: CANARY, MILLRACE_LOG_LEVEL: 'debug' },
    });
    answer = { status: 500, body: `{"error":"Bearer ${CANARY} has no quota left"}` };
    const run = await env.start({ table: 'readings', interval: HOUR });
    const canonical = env.names.workflowId('readings', '2026-01-05T08:00:00Z');
    const seen = await pendingFailure.of(env, canonical);
    expect(seen.message, 'the rest of what the vendor said is there').toContain('has no quota left');
    answer = { items: [{ hour: HOUR, sensor: 'a', value: 1 }] };
    await run.result();
    answer = { status: 401, body: `<p>unknown token ${CANARY}</p>` };
    const refused = await env.start({ table: 'readings', interval: '2026-01-05T09:00:00Z' });
    expect((await failureOf(refused.result())).type).toBe('HTTP_REFUSED');

    const texts = [JSON.stringify(seen), worker.log()];
    const ids = [
      run.workflowId,
      canonical,
      refused.workflowId,
      env.names.workflowId('readings', '2026-01-05T10:00:00Z'),
    ];
    for (const id of ids) {
      const history = await temporalCli(env.config, 'workflow', 'show', '-w', id, '-o', 'json');
      expect(history.length).toBeGreaterThan(1_000);
      texts.push(history, ...decoded(JSON.parse(history)));
    }
    for (const table of ['catalogue', 'ledger', 'loads', 'objects', 'load_progress']) {
      texts.push(JSON.stringify(await env.db.query(`SELECT * FROM ${env.names.storeSchema}.${table}`)));
    }
    expect(
      texts.some((text) => text.includes('READINGS_TOKEN')),
      'its name is what the catalogue holds',
    ).toBe(true);
    expect(texts.filter((text) => text.includes(CANARY))).toEqual([]);
    await worker.kill('SIGKILL');
  });

  it('that was pasted into a definition is refused before any server sees it, and not repeated', async () => {
    const pasted = READINGS.replace(
      "query: { from: '{start}', to: '{end}' },",
      `query: { from: '{start}', api_key: '${CANARY}' }, headers: { 'X-Api-Key': '${CANARY}' },`,
    );
    env.define({ 'readings.ts': pasted });
    const error = await refusalOf(env.apply());
    env.define({ 'readings.ts': SECRET });
    expect(error.code).toBe('DEFINITION_INVALID');
    expect(error.message).toMatch(/http\.query\.api_key: looks like a secret.*auth: { query: /);
    expect(error.message).toMatch(/http\.headers\.X-Api-Key: looks like a secret.*auth: { header: /);
    expect(error.message).not.toContain(CANARY);
    const kept = await env.db.query(`SELECT * FROM ${env.names.storeSchema}.catalogue`);
    expect(JSON.stringify(kept)).not.toContain(CANARY);
  });

  it('that the worker was not given fails the run by its name', async () => {
    await env.worker({ roles: 'live', variables: { VENDOR_URL: vendor.url } });
    const run = await env.start({ table: 'readings', interval: HOUR });
    const failure = await failureOf(run.result());
    expect(failure.type).toBe('SECRET_MISSING');
    expect(failure.message).toMatch(/needs READINGS_TOKEN.*READINGS_TOKEN=…/);
  });
});

describe('a vendor beyond an egress proxy', () => {
  const PASSWORD = 'canary-of-the-proxy';
  let env: LiveEnv;
  let vendor: Server;
  let proxy: EgressProxy;

  beforeAll(async () => {
    const { certificate, key } = certificates;
    vendor = createServer(
      { cert: readFileSync(certificate), key: readFileSync(key) },
      (_request, response) => {
        response.writeHead(200, { 'content-type': 'application/json' });
        response.end(JSON.stringify({ items: [{ hour: '2026-01-05T07:00:00Z', sensor: 'a', value: 1 }] }));
      },
    );
    vendor.listen(0, '127.0.0.1');
    await once(vendor, 'listening');
    proxy = await egressProxy(port(), `team:${PASSWORD}`);
    env = await liveEnv('security: egress', { 'readings.ts': READINGS });
    await env.apply();
  });
  afterAll(async () => {
    await env.close();
    await proxy.close();
    vendor.close();
  });

  const port = () => (vendor.address() as AddressInfo).port;

  it('is asked through its tunnel, and nobody else is; the worker says so, without the login', async () => {
    const worker = await env.worker({
      roles: 'live',
      variables: {
        // Only the proxy knows the way to this name.
        VENDOR_URL: `https://db.internal:${port()}`,
        HTTPS_PROXY: `http://team:${PASSWORD}@127.0.0.1:${proxy.port}`,
        HTTP_PROXY: `http://team:${PASSWORD}@127.0.0.1:${proxy.port}`,
        NODE_EXTRA_CA_CERTS: certificates.ca,
      },
    });
    const run = await env.start({ table: 'readings', interval: '2026-01-05T07:00:00Z' });
    expect(await run.result()).toMatchObject({ rows: 1 });
    expect(new Set(proxy.asked.map(({ line }) => line))).toEqual(new Set([`CONNECT db.internal:${port()}`]));
    expect(worker.log()).toMatch(
      new RegExp(`"HTTPS_PROXY":"http://127.0.0.1:${proxy.port}".*pulls go by way of a proxy`),
    );
    expect(worker.log()).not.toContain(PASSWORD);
  });
});

/** Every text in the JSON that is base64 of something, decoded: payloads are kept so. */
function decoded(value: unknown): string[] {
  if (typeof value === 'string') return [Buffer.from(value, 'base64').toString('utf8')];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(decoded);
}

/** Columns that are words of SQL, in a table that is one. */
const RESERVED = `
import { every, pull, z } from 'millrace';
export const select = pull('select', {
  every: every.hour(), time: 'from', key: ['from', 'order'],
  http: { url: '{VENDOR_URL}/select', query: { from: '{start}' }, records: 'items' },
  row: z.object({ from: z.iso.datetime(), order: z.string(), group: z.int(), key: z.string(), where: z.boolean() }),
});
`;

describe('a name', () => {
  let env: LiveEnv;
  let vendor: JsonVendor;
  const EVIL = "x'; DROP TABLE `select`; -- ";

  beforeAll(async () => {
    vendor = await jsonVendor((url) => ({
      items: [{ from: url.searchParams.get('from'), order: EVIL, group: 1, key: EVIL, where: true }],
    }));
    env = await liveEnv('security: names', { 'select.ts': RESERVED });
    await env.apply();
    await env.worker({ roles: 'live', variables: { VENDOR_URL: vendor.url } });
  });
  afterAll(async () => {
    await env.close();
    await vendor.close();
  });

  it('may be a word of SQL, and text that is SQL stays text', async () => {
    const load = async () =>
      (await env.start({ table: 'select', interval: '2026-01-05T07:00:00Z' })).result();
    await load();
    expect(await load()).toMatchObject({ rows: 1, replacedRows: 1 });
    expect(await env.rows('select')).toMatchObject([{ order: EVIL, key: EVIL, group: '1', where: 1 }]);
  });

  it.each([
    [
      'of a definition',
      RESERVED.replace("pull('select'", 'pull("x`; DROP TABLE `select`; -- "'),
      /cannot be a name/,
    ],
    ['of a column', RESERVED.replace('group: z.int()', '"a` INT, `b": z.int()'), /row\.a` INT/],
    ['of a key', RESERVED.replace("'order']", '"order`)) -- "]'), /key/],
    [
      'of a schema',
      `import { external } from 'millrace'; export const e = external('e', { schema: 'a\`.b', columns: { c: 'text' } });`,
      /schema/,
    ],
  ])('%s cannot carry SQL: it is refused before any server sees it', async (_what, source, says) => {
    env.define({ 'evil.ts': source });
    const error = await refusalOf(env.apply());
    expect(error.code).toBe('DEFINITION_INVALID');
    expect(error.message).toMatch(says);
  });

  it.each([
    [{ table: 'select`; DROP TABLE `select' }, 'TABLE_UNKNOWN'],
    [{ table: "' OR 1=1 -- " }, 'TABLE_UNKNOWN'],
    [{ table: { toSqlString: 'x' } }, 'INPUT_INVALID'],
    [{ table: 'select', interval: "2026-01-05T07:00:00Z' OR '1'='1" }, 'INPUT_INVALID'],
  ])('in the input of a run cannot carry SQL: %j', async (input, code) => {
    expect((await failureOf((await env.start(input as never)).result())).type).toBe(code);
    expect(await env.rows('select')).toHaveLength(1);
  });

  it.each([
    [['select`; DROP TABLE `select'], 3, /TABLE_UNKNOWN/],
    [['select', '--where', '1=1; DROP TABLE `select`'], 1, /MARIADB_REFUSED/],
    [['select', '--order', '1; DELETE FROM `select`'], 1, /MARIADB_REFUSED/],
    [['select', '--where', `(SELECT COUNT(*) FROM mysql.user) > 0`], 1, /MARIADB_REFUSED.*denied/],
  ])('given to `millrace show` reads, and no more: %j', async (args, exit, says) => {
    const child = spawn(process.execPath, ['bin/millrace.mjs', 'show', ...args, '--env', env.names.env], {
      cwd: PACKAGE_DIR,
    });
    const [[code], stderr] = await Promise.all([
      once(child, 'close') as Promise<[number | null]>,
      text(child.stderr),
    ]);
    expect([code, stderr]).toEqual([exit, expect.stringMatching(says)]);
    expect(await env.rows('select')).toHaveLength(1);
  });
});
