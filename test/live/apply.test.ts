import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { apply, type Change } from '../../src/apply/index.ts';
import { readStatus } from '../../src/cli/status/read-status.ts';
import { holdLock, refuseLostLock } from '../../src/apply/lock.ts';
import { connectMariaDb } from '../../src/clients/mariadb.ts';
import { isMillraceError } from '../../src/errors.ts';
import { PACKAGE_DIR } from '../../src/package.ts';
import { ORDERS, READINGS } from '../support/definitions.ts';
import { jsonVendor } from '../support/json-vendor.ts';
import { millrace } from '../support/as-user.ts';
import { liveEnv, type LiveEnv } from '../support/live-env.ts';
import { outside } from '../support/outside.ts';
import { plainProducer } from '../support/plain-producer.ts';
import { waitUntil } from '../support/wait-until.ts';

const HOUR = '2026-01-05T07:00:00Z';
const FILES = { 'orders.ts': ORDERS, 'readings.ts': READINGS };

let env: LiveEnv;

beforeAll(async () => {
  env = await liveEnv('apply', FILES);
  await env.apply();
});

afterAll(() => env.close());

const changed = (changes: Change[]) =>
  changes
    .filter(({ action }) => action !== 'unchanged')
    .map(({ system, object, action }) => `${action} ${system} ${object}`);

async function refusalOf(run: Promise<unknown>): Promise<{ code: string; message: string }> {
  const error: unknown = await run.then(
    () => new Error('it was to be refused'),
    (reason: unknown) => reason,
  );
  if (!isMillraceError(error)) throw error;
  return { code: error.code, message: error.message };
}

describe('applying again', () => {
  it('changes nothing, on any server', async () => {
    const before = await outside(env);
    expect(changed(await env.apply())).toEqual([]);
    expect(await outside(env)).toEqual(before);
  });

  it('with another description changes the catalogue alone', async () => {
    const before = await outside(env);
    const described = ORDERS.replace(
      "stream('orders', {",
      "stream('orders', { description: 'What is sold.',",
    );
    env.define({ ...FILES, 'orders.ts': described });
    expect(changed(await env.apply())).toEqual(['update catalogue stream orders']);
    const after = await outside(env);
    expect(after.supervisors).toEqual(before.supervisors);
    expect(after.schedules).toEqual(before.schedules);
    expect(after.tables).toEqual(before.tables);
    expect(after.catalogue).toHaveLength(before.catalogue.length + 1);
    const hashes = await env.db.query(
      `SELECT DISTINCT data_hash FROM ${env.names.storeSchema}.catalogue WHERE name = 'orders'`,
    );
    expect(hashes, 'its numbers are the same').toHaveLength(1);
    env.define(FILES);
    await env.apply();
  });

  it('with a new nullable column adds it in place, and the old rows stay', async () => {
    const table = `${env.names.schema}.readings`;
    await env.db.execute(`INSERT INTO ${table} (hour, sensor, value) VALUES ('2026-01-01', 'old', 1)`);
    env.define({
      ...FILES,
      'readings.ts': READINGS.replace('value: z', 'unit: z.string().nullable(), value: z'),
    });
    expect(changed(await env.apply())).toEqual(['update mariadb readings', 'update catalogue pull readings']);
    expect(await env.rows('readings')).toEqual([
      { hour: '2026-01-01 00:00:00.000', sensor: 'old', value: 1, unit: null },
    ]);
    await env.db.execute(`DELETE FROM ${table}`);
  });

  it.each([
    ['a dropped column', READINGS, /column unit \(text\) would be dropped/],
    [
      'a retyped column',
      READINGS.replace('value: z.number()', 'unit: z.string().nullable(), value: z.string()'),
      /column value would change from double to text/,
    ],
    [
      'another key',
      READINGS.replace("key: ['hour', 'sensor']", "key: ['hour', 'unit']").replace(
        'value: z',
        'unit: z.string(), value: z',
      ),
      /its key would change from/,
    ],
  ])('with %s is refused, and nothing else of that apply is done either', async (_what, readings, says) => {
    const before = await outside(env);
    env.define({ 'orders.ts': `${ORDERS}${MORE}`, 'readings.ts': readings });
    const refusal = await refusalOf(env.apply());
    expect(refusal.code).toBe('CHANGE_UNSUPPORTED');
    expect(refusal.message).toMatch(says);
    expect(await outside(env)).toEqual(before);
  });
});

const MORE = `
export const more = rollup('more', {
  every: every.hour(), time: 'hour', key: ['hour'],
  row: z.object({ hour: z.iso.datetime(), n: z.int() }),
  sql: sql\`SELECT TIME_FLOOR(__time, 'PT1H') AS "hour", COUNT(*) AS n FROM \${orders} WHERE \${interval} GROUP BY 1\`,
});
`;

it('every mistake in the SQL is reported at once, and nothing was made on any server', async () => {
  const fresh = await liveEnv('apply: sql mistakes', { 'bad.ts': BAD_SQL });
  try {
    const before = await outside(fresh);
    const { code, message } = await refusalOf(fresh.apply());
    expect(code).toBe('SQL_INVALID');
    for (const says of [
      /rollup 'unknown_column' · sql: .*'?cnets'?/,
      /rollup 'second_statement' · sql: /,
      /rollup 'undeclared' · sql: gives a column 'extra' that the row does not declare/,
      /rollup 'wrong_type' · sql: gives 'n' as VARCHAR, but the row declares it as integer/,
      /rollup 'lacking' · sql: gives no column 'm', which the row declares/,
      /external 'nowhere': MariaDB has no table .*nowhere; make it first/,
      /pull 'wide_key' · table: .*max key length is 3072 bytes/,
      /view 'bad_view' · sql: .*prise/,
      /view 'two_statements' · sql: /,
      /pull 'per_price' · forEach: .*prise/,
      /pull 'per_region' · forEach: .*region/,
    ]) {
      expect(message).toMatch(says);
    }
    expect(await outside(fresh)).toEqual(before);
    expect(before.topics).toEqual([]);
    expect(before.catalogue).toEqual([]);
  } finally {
    await fresh.close();
  }
});

const hourly = (name: string, row: string, select: string) => `
export const ${name} = rollup('${name}', {
  every: every.hour(), time: 'hour', key: ['hour'], row: z.object({ hour: z.iso.datetime(), ${row} }),
  sql: sql\`SELECT TIME_FLOOR(__time, 'PT1H') AS "hour", ${select}\`,
});`;
const FROM = 'FROM ${events} WHERE ${interval} GROUP BY 1';

const BAD_SQL = `
import { every, external, interval, pull, rollup, sql, stream, view, z } from 'millrace';
export const events = stream('events', {
  event: z.object({ id: z.string(), at: z.iso.datetime(), cents: z.int() }), id: 'id', time: 'at',
});
${hourly('unknown_column', 'n: z.int()', `SUM(cnets) AS n ${FROM}`)}
${hourly('second_statement', 'n: z.int()', `COUNT(*) AS n ${FROM}; DROP TABLE events`)}
${hourly('undeclared', 'n: z.int()', `COUNT(*) AS n, MAX(cents) AS extra ${FROM}`)}
${hourly('wrong_type', 'n: z.int()', `MAX(id) AS n ${FROM}`)}
${hourly('lacking', 'n: z.int(), m: z.int()', `COUNT(*) AS n ${FROM}`)}
${hourly('good', 'n: z.int()', `COUNT(*) AS n ${FROM}`)}
export const wideKey = pull('wide_key', {
  every: every.hour(), time: 'hour', key: ['hour', 'a', 'b', 'c', 'd'], http: { url: 'http://vendor' },
  row: z.object({ hour: z.iso.datetime(), a: z.string(), b: z.string(), c: z.string(), d: z.string() }),
});
export const nowhere = external('nowhere', { columns: { price: 'number' } });
export const badView = view('bad_view', { sql: sql\`SELECT prise FROM \${nowhere}\` });
export const twoStatements = view('two_statements', { sql: sql\`SELECT price FROM \${nowhere}; DROP TABLE good\` });
const asked = { every: every.hour(), time: 'hour', key: ['hour'], row: z.object({ hour: z.iso.datetime() }) };
export const perPrice = pull('per_price', {
  ...asked, forEach: sql\`SELECT prise FROM \${nowhere}\`, http: { url: 'http://vendor' },
});
export const perRegion = pull('per_region', {
  ...asked, forEach: sql\`SELECT price FROM \${nowhere}\`, http: { url: 'http://vendor/{region}' },
});
`;

it('invalid definitions are reported all at once by the command line, which ends with 1', async () => {
  const folder = path.join(env.config.homeDir, 'pipelines', `${env.names.env}-invalid`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, 'broken.ts'), 'export const = 1;');
  writeFileSync(path.join(folder, 'wrong.ts'), READINGS.replace("time: 'hour'", "time: 'huor', evry: 1"));
  try {
    const before = await outside(env);
    const child = spawn(process.execPath, ['bin/millrace.mjs', 'apply', '--env', env.names.env], {
      cwd: PACKAGE_DIR,
      env: { ...process.env, MILLRACE_PIPELINES: folder, MILLRACE_SUPERSET_URL: '' },
    });
    const [[exit], stdout, stderr] = await Promise.all([
      once(child, 'close') as Promise<[number | null]>,
      text(child.stdout),
      text(child.stderr),
    ]);
    expect(exit, stderr).toBe(1);
    expect(stdout).toBe('');
    expect(stderr).toMatch(/^DEFINITION_INVALID:\s/);
    expect(stderr).toMatch(/broken\.ts: cannot be loaded/);
    expect(stderr).toMatch(/wrong\.ts · pull 'readings' · evry: is not an option; did you mean 'every'/i);
    expect(stderr).toMatch(/wrong\.ts · pull 'readings' · time: .*huor/);
    expect(await outside(env)).toEqual(before);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

describe('what somebody else made under a name of ours is refused by name, and is untouched:', () => {
  const foreign: [
    what: string,
    make: (env: LiveEnv) => Promise<unknown>,
    object: (env: LiveEnv) => string,
  ][] = [
    [
      'a table',
      ({ db, names }) => db.execute(`CREATE TABLE ${names.schema}.readings (mine INT)`),
      ({ names }) => `${names.schema}.readings`,
    ],
    [
      'a table where a view is to be',
      ({ db, names }) => db.execute(`CREATE TABLE ${names.schema}.busy_hours (mine INT)`),
      ({ names }) => `${names.schema}.busy_hours`,
    ],
    [
      'the schema in which SQL is tried out',
      ({ db, names }) => db.execute(`CREATE DATABASE ${names.scratchSchema}`),
      ({ names }) => names.scratchSchema,
    ],
    [
      'a topic',
      ({ kafka, names }) =>
        kafka.ensureTopics([{ topic: names.cleanTopic('orders'), partitions: 1, config: {} }]),
      ({ names }) => names.cleanTopic('orders'),
    ],
    [
      'a supervisor',
      async ({ druid, names, config }) => {
        const id = names.datasource({ name: 'orders', version: 1 });
        await druid.postSupervisor(foreignSupervisor(id, config.kafka.brokers.join()));
      },
      ({ names }) => names.datasource({ name: 'orders', version: 1 }),
    ],
    [
      'a schedule',
      ({ temporal, names }) =>
        temporal.schedule.create({
          scheduleId: names.scheduleId('readings'),
          spec: { intervals: [{ every: '365 days' }] },
          action: { type: 'startWorkflow', workflowType: 'theirs', taskQueue: 'theirs' },
        }),
      ({ names }) => names.scheduleId('readings'),
    ],
  ];

  it.each(foreign)('%s', async (what, make, object) => {
    const fresh = await liveEnv(`apply: foreign ${what}`, FILES);
    try {
      await make(fresh);
      const before = await outside(fresh);
      const { code, message } = await refusalOf(fresh.apply());
      expect(code).toBe('OBJECT_FOREIGN');
      expect(message).toContain(`'${object(fresh)}'`);
      expect(await outside(fresh)).toEqual(before);
    } finally {
      await fresh.temporal.schedule
        .getHandle(fresh.names.scheduleId('readings'))
        .delete()
        .catch(() => undefined);
      await fresh.close();
    }
  });
});

function foreignSupervisor(id: string, brokers: string) {
  return {
    type: 'kafka',
    spec: {
      dataSchema: {
        dataSource: id,
        timestampSpec: { column: 'at', format: 'iso' },
        dimensionsSpec: { dimensions: ['theirs'] },
        granularitySpec: { segmentGranularity: 'day' },
      },
      ioConfig: {
        topic: 'theirs',
        consumerProperties: { 'bootstrap.servers': brokers },
        inputFormat: { type: 'json' },
      },
      tuningConfig: { type: 'kafka' },
    },
    suspended: true,
  };
}

it('an apply whose connection broke, and its lock with it, does not go on', async () => {
  const admin = connectMariaDb(env.config.mariadb, env.config.mariadb.admin, { connections: 1 });
  try {
    await holdLock(admin, env.names);
    await refuseLostLock(admin, env.names);
    const [own] = await admin.query('SELECT CONNECTION_ID() AS id');
    await env.db.query(`KILL ${String(own?.['id'])}`);
    await waitUntil(async () => (await admin.query('SELECT 1').catch(() => [])).length === 1, {
      timeoutMs: 10_000,
    });
    const refusal = await refusalOf(refuseLostLock(admin, env.names));
    expect(refusal.code).toBe('MARIADB_UNAVAILABLE');
    expect(refusal.message).toMatch(/Apply again/);
  } finally {
    await admin.close();
  }
});

it('a namespace that Temporal does not have is named with its remedy, before anything is changed', async () => {
  const fresh = await liveEnv('apply: namespace', FILES);
  try {
    const before = await outside(fresh);
    const { code, stderr } = await millrace(['apply', '--env', fresh.names.env], {
      MILLRACE_PIPELINES: fresh.folder(),
      MILLRACE_SUPERSET_URL: '',
      TEMPORAL_NAMESPACE: 'nowhere',
    });
    expect(stderr).toMatch(/^TEMPORAL_REFUSED: .*nowhere.*Check TEMPORAL_NAMESPACE/m);
    expect(code).toBe(1);
    expect(await outside(fresh)).toEqual(before);
  } finally {
    await fresh.close();
  }
});

it('what an apply had begun when it was cut is taken up by the next one, not taken for foreign', async () => {
  const fresh = await liveEnv('apply: cut', FILES);
  try {
    const child = spawn(process.execPath, ['bin/millrace.mjs', 'apply', '--env', fresh.names.env], {
      cwd: PACKAGE_DIR,
      env: { ...process.env, MILLRACE_PIPELINES: fresh.folder(), MILLRACE_SUPERSET_URL: '' },
      stdio: 'ignore',
    });
    const exited = once(child, 'exit');
    await waitUntil(
      async () => {
        const topics = await fresh.kafka.topics();
        return child.exitCode !== null || topics.some((topic) => topic.startsWith(`${fresh.names.env}.`));
      },
      { timeoutMs: 60_000 },
    );
    child.kill('SIGKILL');
    await exited;
    await fresh.apply();
    expect(changed(await fresh.apply())).toEqual([]);
  } finally {
    await fresh.close();
  }
});

it('a schedule that an operator paused stays paused, even when an apply changes it', async () => {
  const handle = env.temporal.schedule.getHandle(env.names.scheduleId('readings'));
  await handle.pause('the vendor is being moved');
  const unit = READINGS.replace('value: z', 'unit: z.string().nullable(), value: z');
  env.define({ ...FILES, 'readings.ts': unit.replace("time: 'hour'", "time: 'hour', offset: '7 minutes'") });
  expect(changed(await env.apply())).toContain(`update temporal ${env.names.scheduleId('readings')}`);
  const { spec, state } = await handle.describe();
  expect(spec.intervals?.[0]).toMatchObject({ offset: 420_000 });
  expect(state).toMatchObject({ paused: true, note: 'the vendor is being moved' });
  expect((await readStatus(env.config)).tables).toEqual([
    expect.objectContaining({ table: 'orders_hourly', paused: null }),
    expect.objectContaining({ table: 'readings', paused: 'the vendor is being moved' }),
  ]);
  await handle.unpause();
});

it('two applies at once: the second waits or is told, and the result is whole', async () => {
  const fresh = await liveEnv('apply: two at once', FILES);
  try {
    const outcomes = await Promise.allSettled([
      apply({ ...fresh.config, pipelinesDir: fresh.folder() }),
      apply({ ...fresh.config, pipelinesDir: fresh.folder() }),
    ]);
    const failures = outcomes.flatMap((outcome) =>
      outcome.status === 'rejected' ? [outcome.reason as unknown] : [],
    );
    expect(
      failures.every((failure) => isMillraceError(failure, 'APPLY_RUNNING')),
      String(failures[0]),
    ).toBe(true);
    expect(failures.length).toBeLessThan(2);
    const made = outcomes.map((outcome) =>
      outcome.status === 'fulfilled' ? changed(outcome.value).length : 0,
    );
    expect(Math.min(...made), 'one made everything, the other nothing').toBe(0);
    expect(changed(await fresh.apply())).toEqual([]);
  } finally {
    await fresh.close();
  }
});

it('a running worker takes up what was applied, and only that, without a restart', async () => {
  const vendor = await jsonVendor((url) => ({
    items: [{ hour: HOUR, sensor: url.pathname, value: 1, unit: 'kWh' }],
  }));
  const fresh = await liveEnv('apply: running worker', { 'readings.ts': READINGS });
  try {
    await fresh.apply();
    await fresh.worker({ variables: { VENDOR_URL: vendor.url } });
    const load = async (table: string) => (await fresh.start({ table, interval: HOUR })).result();
    await load('readings');
    const files = { 'readings.ts': READINGS.replace('}/readings', '}/moved'), 'orders.ts': ORDERS };
    fresh.define(files);
    await load('readings');
    expect(await fresh.rows('readings'), 'edited, not applied').toMatchObject([{ sensor: '/readings' }]);
    await fresh.apply();
    await load('readings');
    expect(await fresh.rows('readings')).toMatchObject([{ sensor: '/moved' }]);

    const producer = await plainProducer(
      fresh.config.kafka.brokers,
      fresh.names.rawTopic({ name: 'orders' }),
    );
    await producer.send([{ id: 'o1', at: '2026-01-05T07:12:00Z', shop: 'north', cents: 5 }]);
    await producer.close();
    expect(await load('orders_hourly'), 'a new stream is consumed, a new table loaded').toMatchObject({
      rows: 1,
    });
  } finally {
    await fresh.close();
    await vendor.close();
  }
});
