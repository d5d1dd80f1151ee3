import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { apply } from '../../src/apply/index.ts';
import { plan } from '../../src/apply/plan.ts';
import { renderPlan } from '../../src/cli/plan.ts';
import { connectMariaDb } from '../../src/clients/mariadb.ts';
import type { Config } from '../../src/config.ts';
import { millrace } from '../support/as-user.ts';
import { ORDERS, READINGS } from '../support/definitions.ts';
import { liveEnv, type LiveEnv } from '../support/live-env.ts';
import { outside } from '../support/outside.ts';
import {
  kafkaRequests,
  recordingProxy,
  temporalCalls,
  type RecordingProxy,
} from '../support/write-counts.ts';

const FILES = { 'orders.ts': ORDERS, 'readings.ts': READINGS };

let env: LiveEnv;
let druid: RecordingProxy;
let superset: RecordingProxy;
/** The env's, with Druid and Superset behind proxies. */
let watched: Config;

beforeAll(async () => {
  env = await liveEnv('plan', FILES, { hasSuperset: true, variables: { MILLRACE_DASHBOARDS: 'nowhere' } });
  if (env.config.superset === undefined) throw new Error('there is no Superset');
  druid = await recordingProxy(env.config.druid.url);
  superset = await recordingProxy(env.config.superset.url);
  watched = {
    ...env.config,
    druid: { ...env.config.druid, url: druid.url },
    superset: { ...env.config.superset, url: superset.url },
  };
});

afterAll(async () => {
  await env.close();
  await Promise.all([druid.close(), superset.close()]);
});

const withFiles = (config: Config) => ({ ...config, pipelinesDir: env.folder() });
const planned = (config = env.config) => plan(withFiles(config));

/** Every statement about the env that goes to MariaDB while `work` runs. */
async function statementsOf(work: () => Promise<void>): Promise<string[]> {
  const admin = connectMariaDb(env.config.mariadb, rootLogin(), { connections: 1 });
  try {
    await admin.execute("SET GLOBAL log_output = 'TABLE'");
    await admin.execute('SET GLOBAL general_log = ON');
    await work();
    const rows = await admin.query(
      'SELECT argument AS text FROM mysql.general_log WHERE command_type = ? AND argument LIKE ? AND thread_id <> CONNECTION_ID()',
      ['Query', `%${env.names.env}%`],
    );
    return rows.map(({ text }) => String(text));
  } finally {
    await admin.execute('SET GLOBAL general_log = OFF');
    await admin.execute('TRUNCATE mysql.general_log');
    await admin.close();
  }
}

const kafkaPort = () => Number(env.config.kafka.brokers[0]?.split(':')[1]);

function rootLogin() {
  return { user: 'root', password: env.config.secret('MILLRACE_MARIADB_ROOT_PASSWORD') ?? '' };
}

const isWrite = (statement: string) => !/^\s*(SELECT|SET|SHOW|PREPARE|DEALLOCATE)\b/i.test(statement);

describe('of an env that was never applied', () => {
  it('a plan shows all as new, and makes nothing', async () => {
    const { names, db } = env;
    for (const schema of [names.schema, names.storeSchema]) await db.execute(`DROP DATABASE ${schema}`);
    const text = renderPlan(await planned());
    expect(text).toMatch(/^Plan: \d+ to create, 0 to update, 0 unchanged\.$/m);
    expect(text).not.toMatch(/^ {2}[~!x?-]/m);
    expect(text).toContain(`+ kafka      ${names.rawTopic({ name: 'orders' })}\n`);
    expect(text).toContain('+ superset   dataset busy_hours\n');
    expect(
      await db.query('SELECT 1 FROM information_schema.schemata WHERE schema_name LIKE ?', [
        `${names.schema}%`,
      ]),
    ).toEqual([]);
    expect((await env.kafka.topics()).filter((topic) => topic.startsWith(`${names.env}.`))).toEqual([]);
  });

  it('apply does just what the plan said, in that order', async () => {
    const { changes: said } = await planned();
    const told: string[] = [];
    const done = await apply(withFiles(env.config), {
      onChange: ({ action, system, object }) => void told.push(`${action} ${system} ${object}`),
    });
    const lines = (changes: typeof done) =>
      changes.map(({ action, system, object }) => `${action} ${system} ${object}`);
    expect(lines(done)).toEqual(lines(said));
    expect(told).toEqual(lines(done));
    expect(renderPlan(await planned())).toMatch(/^Plan: 0 to create, 0 to update, \d+ unchanged\.\n$/);
  });
});

describe('where nothing changed', () => {
  it.each<[string, (config: Config) => Promise<unknown>]>([
    ['apply', (config) => apply(config)],
    ['plan', (config) => plan(config)],
  ])('%s makes no call that writes, on any server, and asks each once', async (_what, run) => {
    druid.requests.length = 0;
    superset.requests.length = 0;
    const before = await outside(env);
    let kafka = new Set<number>();
    let temporal: string[] = [];
    const statements = await statementsOf(async () => {
      kafka = await kafkaRequests(kafkaPort(), async () => {
        temporal = await temporalCalls(() => run(withFiles(watched)));
      });
    });
    expect(statements.filter(isWrite)).toEqual([]);
    const asked = (table: string) =>
      statements.filter((text) => text.includes(`information_schema.${table} WHERE`));
    expect(asked('statistics')).toHaveLength(1);
    expect(asked('views')).toHaveLength(1);
    // Metadata, ApiVersions, DescribeConfigs: nothing else.
    expect([...kafka].sort((a, b) => a - b)).toEqual([3, 18, 32]);
    const calls = temporal.filter((call) => call !== 'GetSystemInfo');
    expect(calls.sort()).toEqual(['DescribeSchedule', 'DescribeSchedule', 'ListSchedules']);
    expect(druid.requests).toEqual(['GET /druid/indexer/v1/supervisor']);
    const posts = superset.requests.filter((request) => !request.startsWith('GET '));
    expect(posts).toEqual(['POST /api/v1/security/login']);
    expect(superset.requests.filter((request) => request.endsWith('/database/'))).toHaveLength(1);
    expect(await outside(env)).toEqual(before);
  });
});

describe('a plan', () => {
  it('tells what the definition changes, field by field, from what somebody changed by hand', async () => {
    env.define({
      ...FILES,
      'readings.ts': READINGS.replace('value: z', 'unit: z.string().nullable(), value: z').replace(
        "time: 'hour'",
        "time: 'hour', offset: '7 minutes'",
      ),
    });
    await env.kafka.alterTopic(env.names.deadTopic('orders'), { 'retention.ms': '5000' });
    const text = renderPlan(await planned());
    expect(text).toContain('  ~ mariadb    readings (+ unit text NULL)\n');
    expect(text).toContain(
      `  ! kafka      ${env.names.deadTopic('orders')}: changed by hand (retention.ms: 5000 → 2592000000)\n`,
    );
    expect(text).toMatch(
      / {2}~ temporal .*\/readings \(intervals: every 1 hour, offset 0 → every 1 hour, offset 7 minutes\)/,
    );
    expect(text).toContain('  ~ catalogue  pull readings (+ offset 7 minutes)\n');
    expect(text).toContain('  ~ superset   dataset readings (unit)\n');
    expect(text).toMatch(/^Plan: 0 to create, 5 to update \(1 changed by hand\), \d+ unchanged\.$/m);
  });

  it('says of the dataset of a changed view what it cannot know', async () => {
    env.define({ ...FILES, 'orders.ts': ORDERS.replace('orders > 1', 'orders > 2') });
    const text = renderPlan(await planned());
    expect(text).toMatch(/ {2}~ mariadb {4}busy_hours \(sql: ….* orders > 1 → ….* orders > 2\)\n/);
    expect(text).toContain('  ~ catalogue  view busy_hours (sql)\n');
    expect(text).toContain(
      '  ~ superset   dataset busy_hours (columns: known once view busy_hours is made)\n',
    );
    expect(text).toMatch(/^Plan: 0 to create, 4 to update \(1 changed by hand\), \d+ unchanged\.$/m);
    env.define(FILES);
    await env.apply();
  });

  it('refuses by name what apply would refuse, and goes on', async () => {
    env.define({ ...FILES, 'readings.ts': READINGS.replace('value: z.number()', 'value: z.string()') });
    const text = renderPlan(await planned());
    expect(text).toMatch(
      / {2}x mariadb {4}readings: refused\. .*column value would change from double to text/,
    );
    expect(text).toMatch(/1 refused\.$/m);
    env.define(FILES);
  });

  /** The definitions with SQL of another kind in each place where a server reads it. */
  const brokenSql = () => ({
    ...FILES,
    'orders.ts': ORDERS.replace('SUM(cents)', 'SUM(pence)').replace('orders > 1', 'oders > 1'),
    'more.ts': `
import { external, sql, view } from 'millrace';
import { busyHours } from './orders.ts';
import { readings } from './readings.ts';
const shops = external('shops', { columns: { shop: 'text' } });
export const busiest = view('busiest', { sql: sql\`SELECT MAX(orders) AS most FROM \${busyHours}\` });
export const joined = view('joined', {
  sql: sql\`SELECT r.hour, r.sensor, readings.value FROM \${readings} r JOIN \${readings} USING (hour)
    JOIN \${shops} ON shops.shop = r.sensor -- of a team\`,
});
`,
  });

  it('has the servers read the SQL as apply does, makes nothing for it, and says what it could not check', async () => {
    env.define(brokenSql());
    const before = await outside(env);
    let seen: Awaited<ReturnType<typeof planned>> | undefined;
    const statements = await statementsOf(async () => void (seen = await planned()));
    expect(statements.filter(isWrite)).toEqual([]);
    expect(await outside(env)).toEqual(before);
    const text = renderPlan(seen ?? (await planned()));
    const refusal = await env.apply().catch((error: unknown) => (error as Error).message);
    for (const [system, object, says] of [
      ['druid', 'rollup orders_hourly', /· sql: .*Column 'pence' not found/],
      ['mariadb', 'view busy_hours', /· sql: Unknown column 'oders' in 'WHERE'/i],
      ['mariadb', 'external shops', /: MariaDB has no table .*\.shops; make it first/],
    ] as const) {
      const line = text.split('\n').find((one) => one.includes(`${object}: refused. `)) ?? '';
      expect(line, text).toContain(`  x ${system.padEnd(10)} ${object}: refused. `);
      expect(line).toMatch(says);
      expect(refusal, 'apply says the same').toContain(line.split(': refused. ')[1]);
    }
    expect(text).toContain(
      "  ? mariadb    view busiest: its SQL was not checked: it reads view 'busy_hours', whose SQL is not known to be good\n",
    );
    expect(text).not.toContain('view joined:');
    expect(text).toMatch(/3 refused, 1 not checked\.$/m);
    env.define(FILES);
  });

  it('says that it could not check what neither worker nor reader may see', async () => {
    const theirs = `
import { external, sql, view } from 'millrace';
const theirs = external('theirs', { schema: 'of_another_team', columns: { shop: 'text' } });
export const shown = view('shown', { sql: sql\`SELECT shop FROM \${theirs}\` });
`;
    env.define({ ...FILES, 'theirs.ts': theirs });
    expect(renderPlan(await planned())).toContain(
      '  ? mariadb    external theirs: its SQL was not checked: neither worker nor reader sees a table of_another_team.theirs\n',
    );
    env.define(FILES);
  });

  it('with the server down that was to check SQL says so, and checks the rest', async () => {
    env.define(brokenSql());
    const withoutDruid = await planned({ ...env.config, druid: { ...env.config.druid, url: nobody } });
    expect(withoutDruid.unchecked).toContainEqual({
      ...{ system: 'druid', object: 'rollup orders_hourly', why: 'DRUID_UNAVAILABLE' },
    });
    expect(withoutDruid.refused.map(({ object }) => object)).toEqual(['external shops', 'view busy_hours']);
    const mariadb = { ...env.config.mariadb, port: 1 };
    const withoutMariaDb = await planned({ ...env.config, mariadb });
    expect(withoutMariaDb.refused.map(({ object }) => object)).toEqual(['rollup orders_hourly']);
    expect(new Set(withoutMariaDb.unchecked.map(({ object, why }) => `${object} ${why}`))).toEqual(
      new Set(
        ['external shops', 'view busy_hours', 'view joined', 'view busiest'].map(
          (object) => `${object} MARIADB_UNAVAILABLE`,
        ),
      ),
    );
    env.define(FILES);
  });

  const nobody = 'http://127.0.0.1:1';
  it.each<[string, (config: Config) => Config, string[]]>([
    ['Druid', (config) => ({ ...config, druid: { ...config.druid, url: nobody } }), ['druid']],
    ['Kafka', (config) => ({ ...config, kafka: { ...config.kafka, brokers: ['127.0.0.1:1'] } }), ['kafka']],
    [
      'Temporal',
      (config) => ({
        ...config,
        temporalVariables: { ...config.temporalVariables, TEMPORAL_ADDRESS: '127.0.0.1:1' },
      }),
      ['temporal'],
    ],
    ['Superset', (config) => ({ ...config, superset: { ...supersetOf(config), url: nobody } }), ['superset']],
    [
      'MariaDB',
      (config) => ({ ...config, mariadb: { ...config.mariadb, port: 1 } }),
      ['mariadb', 'catalogue'],
    ],
  ])('with %s down says what is unknown, and shows the rest', async (_server, without, systems) => {
    const { changes, unknown, refused } = await planned(without(env.config));
    expect(unknown.map(({ system }) => system)).toEqual(systems);
    for (const { why } of unknown) expect(why).toMatch(/^[A-Z]+_UNAVAILABLE: /);
    expect(refused).toEqual([]);
    const asked = new Set(changes.map(({ system }) => system));
    const all = ['kafka', 'mariadb', 'druid', 'catalogue', 'temporal', 'superset'];
    expect([...asked]).toEqual(all.filter((system) => !systems.includes(system)));
  });

  it('needs no login that may change anything in MariaDB', async () => {
    const { mariadb } = env.config;
    const { unknown } = await planned({
      ...env.config,
      mariadb: { ...mariadb, admin: { user: 'nobody', password: 'wrong' } },
    });
    expect(unknown).toEqual([]);
  });

  it('of a store that a newer version has been in is refused', async () => {
    const table = `${env.names.storeSchema}.migrations`;
    await env.db.execute(
      `INSERT INTO ${table} (id, name, checksum, ran_at) VALUES (9999, 'newer', '', UTC_TIMESTAMP(3))`,
    );
    await expect(planned()).rejects.toMatchObject({
      code: 'CHANGE_UNSUPPORTED',
      message: expect.stringMatching(/migration 9999.*or a newer one/) as string,
    });
    await env.db.execute(`DELETE FROM ${table} WHERE id = 9999`);
  });
});

describe('the command line', () => {
  const run = (...args: string[]) =>
    millrace(['plan', '--env', env.names.env, ...args], {
      MILLRACE_PIPELINES: env.folder(),
      MILLRACE_DASHBOARDS: 'nowhere',
    });

  it('ends with 0 where nothing is to do, and with 2 where something is, if that was asked for', async () => {
    expect(await run('--exit-code')).toMatchObject({ code: 0, stderr: '' });
    env.define({
      ...FILES,
      'readings.ts': READINGS.replace("time: 'hour'", "time: 'hour', offset: '1 minute'"),
    });
    expect(await run()).toMatchObject({ code: 0 });
    const { code, stdout } = await run('--exit-code', '--json');
    expect(code).toBe(2);
    const parsed = JSON.parse(stdout) as { changes: { action: string }[] };
    expect(parsed.changes.filter(({ action }) => action === 'update')).toHaveLength(2);
    env.define(FILES);
  });
});

function supersetOf(config: Config): NonNullable<Config['superset']> {
  if (config.superset === undefined) throw new Error('there is no Superset');
  return config.superset;
}
