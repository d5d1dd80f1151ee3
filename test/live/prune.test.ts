import { rmSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { apply, type Change } from '../../src/apply/index.ts';
import { plan } from '../../src/apply/plan.ts';
import { renderPlan } from '../../src/cli/plan.ts';
import type { Config } from '../../src/config.ts';
import { uuidOf } from '../../src/targets/superset/asset.ts';
import { millrace } from '../support/as-user.ts';
import { ORDERS, READINGS } from '../support/definitions.ts';
import { liveEnv, type LiveEnv } from '../support/live-env.ts';
import { shopDashboard } from '../support/shop-dashboard.ts';
import { supersetApi, supersetContent } from '../support/superset-api.ts';

const FILES = { 'orders.ts': ORDERS, 'readings.ts': READINGS };

let env: LiveEnv;
let dashboards: string;
let superset: NonNullable<Config['superset']>;

beforeAll(async () => {
  dashboards = shopDashboard();
  env = await liveEnv('prune', FILES, { hasSuperset: true, variables: { MILLRACE_DASHBOARDS: dashboards } });
  if (env.config.superset === undefined) throw new Error('there is no Superset');
  superset = env.config.superset;
  await env.apply();
  await env.db.execute(
    `INSERT INTO ${env.names.schema}.orders_hourly (hour, shop, orders) VALUES (NOW(), 'n', 2)`,
  );
  env.define({ 'readings.ts': READINGS });
});

afterAll(async () => {
  await env.close();
  rmSync(dashboards, { recursive: true });
});

const withFiles = () => ({ ...env.config, pipelinesDir: env.folder() });
const done = (changes: Change[]) =>
  changes
    .filter(({ action }) => action !== 'unchanged')
    .map(({ action, system, object }) => `${action} ${system} ${object}`);
const datasource = () => env.names.datasource({ name: 'orders', version: 1 });

it('what no file defines any more is named, and stays', async () => {
  const text = renderPlan(await plan(withFiles()));
  const { names } = env;
  expect(text).toContain(`- temporal   ${names.scheduleId('orders_hourly')}: no longer defined · it stays: `);
  expect(text).toContain(
    `- kafka      ${names.rawTopic({ name: 'orders' })}: no longer defined · it holds data, which stays`,
  );
  expect(text).toMatch(/^Plan: 0 to create, 0 to update, \d+ unchanged, 14 no longer defined\.$/m);
  const left = await env.apply();
  expect(left.filter(({ action }) => action === 'left')).toHaveLength(14);
  expect(await env.temporal.schedule.getHandle(names.scheduleId('orders_hourly')).describe()).toBeDefined();
});

it('data that is still defined, or that is not there, cannot be dropped', async () => {
  const drop = (...dropData: string[]) => apply(withFiles(), { prune: true, dropData });
  await expect(drop('readings')).rejects.toMatchObject({
    code: 'INPUT_INVALID',
    message: expect.stringContaining('still defined') as string,
  });
  await expect(drop('orders_hourli')).rejects.toMatchObject({
    code: 'INPUT_INVALID',
    message: expect.stringMatching(/did you mean 'orders_hourly'/) as string,
  });
  await expect(apply(withFiles(), { dropData: ['orders_hourly'] })).rejects.toMatchObject({
    code: 'INPUT_INVALID',
    message: expect.stringContaining('without --prune') as string,
  });
  expect(await env.rows('orders_hourly')).toHaveLength(1);
});

it('nothing is changed when what would be retired is not confirmed', async () => {
  let shown: string[] = [];
  const changes = await apply(withFiles(), {
    prune: true,
    confirm: async (retired) => {
      shown = done(retired);
      return false;
    },
  });
  expect(changes).toEqual([]);
  expect(shown).toContain(`retire druid supervisor ${datasource()}`);
  expect(shown).toContain('kept mariadb orders_hourly');
  expect(await env.druid.supervisor(datasource())).toBeDefined();
});

it('prune retires schedule, supervisor, view, datasets and the applied definition, in an order that leaves no reader of what is gone', async () => {
  const { code, stdout, stderr } = await millrace(['apply', '--prune', '--json', '--env', env.names.env], {
    MILLRACE_PIPELINES: env.folder(),
    MILLRACE_DASHBOARDS: dashboards,
  });
  expect(code, stderr).toBe(0);
  expect(stderr).toMatch(/^(?: {2}[-=] .*\n)+10 to retire, 4 kept\.\n$/);
  expect(stderr).toContain(`  - druid      supervisor ${datasource()}: no longer defined\n`);
  expect(stderr).toContain('  = mariadb    orders_hourly: no longer defined · it holds data and is kept\n');
  const order = (JSON.parse(stdout) as Change[])
    .filter(({ action }) => action === 'retire')
    .map(({ system, object }) => `${system} ${object}`);
  const { names } = env;
  expect([...order].sort()).toEqual(
    [
      ...['superset dashboard shop', 'superset dataset busy_hours', 'superset dataset orders_hourly'],
      ...['superset dataset orders', `temporal ${names.scheduleId('orders_hourly')}`],
      ...['catalogue rollup orders_hourly', 'catalogue view busy_hours', 'catalogue stream orders'],
      ...[`druid supervisor ${datasource()}`, 'mariadb busy_hours'],
    ].sort(),
  );
  expect(order[0], 'before the datasets that it reads').toBe('superset dashboard shop');
  expect(
    order.map((line) => line.split(' ')[0]).filter((system, index, all) => system !== all[index - 1]),
  ).toEqual(['superset', 'temporal', 'catalogue', 'druid', 'mariadb']);

  await expect(
    env.temporal.schedule.getHandle(names.scheduleId('orders_hourly')).describe(),
  ).rejects.toThrow();
  expect(await env.druid.supervisor(datasource())).toBeUndefined();
  const tables = await env.db.query(
    'SELECT table_name AS t FROM information_schema.tables WHERE table_schema = ?',
    [names.schema],
  );
  expect(tables.map(({ t }) => t).sort()).toEqual(['orders_hourly', 'readings']);
  const api = await supersetApi(superset);
  const { datasets, dashboards: shown } = await supersetContent(api, names);
  const charts = await api.get<{ result: { uuid: string }[] }>('chart/?q=(page_size:100)');
  expect(charts.result.filter(({ uuid }) => uuid === uuidOf(names.env, 'chart shop/total'))).toEqual([]);
  expect(shown).toEqual([]);
  expect(datasets.map(({ table_name: table }) => table)).toEqual(['readings']);
  const applied = await env.db.query(`SELECT name FROM ${names.storeSchema}.applied`);
  expect(applied).toEqual([{ name: 'readings' }]);
  const ever = await env.db.query(`SELECT DISTINCT name FROM ${names.storeSchema}.catalogue ORDER BY 1`);
  expect(ever.map(({ name }) => name)).toEqual(['busy_hours', 'orders', 'orders_hourly', 'readings']);
});

it('data is kept, and named until it is dropped by its name; then nothing is left of it', async () => {
  const { names } = env;
  const topics = ['raw', 'clean', 'dead'].map((end) => `${names.env}.orders.${end}`);
  const { code, stdout, stderr } = await millrace(['apply', '--prune', '--env', names.env], {
    MILLRACE_PIPELINES: env.folder(),
    MILLRACE_DASHBOARDS: dashboards,
  });
  expect(code, stderr).toBe(0);
  expect(stdout).toMatch(
    /^(?: {2}= .*\n){4}Apply: 0 created, 0 updated, \d+ unchanged, 4 kept\.\nWhat is kept holds data\. .*--drop-data <name>.*\n$/,
  );
  const kept = (await plan(withFiles())).changes.filter(({ action }) => action === 'left');
  expect(kept.map(({ object }) => object).sort()).toEqual([...topics, 'orders_hourly'].sort());
  expect(await env.rows('orders_hourly')).toHaveLength(1);

  await env.db.execute(
    `INSERT INTO ${names.storeSchema}.ledger (tbl, interval_start, interval_end, load_id, staged_rows, definition_hash,
       data_hash, started_by, workflow_id, positions, loads, loaded_at)
     VALUES ('orders_hourly', NOW(), NOW(), 1, 1, '', '', 'manual', 'w', '{}', 1, NOW())`,
  );
  const dropped = await apply(withFiles(), { prune: true, dropData: [...topics, 'orders_hourly'] });
  expect(done(dropped).sort()).toEqual(
    [...topics.map((topic) => `retire kafka ${topic}`), 'retire mariadb orders_hourly'].sort(),
  );
  expect(done(await env.apply())).toEqual([]);
  const stages = await env.db.query(
    "SELECT 1 FROM information_schema.tables WHERE table_schema = ? AND table_name = 'stage_orders_hourly'",
    [names.storeSchema],
  );
  expect(stages).toEqual([]);
  const ledger = `SELECT 1 FROM ${names.storeSchema}.ledger WHERE tbl = 'orders_hourly'`;
  expect(await env.db.query(ledger), 'a table of that name would count as loaded').toEqual([]);
});

it('what was retired can be defined again, and nobody else is said to have deleted it', async () => {
  env.define(FILES);
  expect(renderPlan(await plan(withFiles()))).not.toContain('it was deleted');
  const again = await env.apply();
  expect(done(again)).toContain(`create druid supervisor ${datasource()}`);
  expect(done(again)).toContain('create mariadb orders_hourly');
  expect(done(await env.apply())).toEqual([]);
});
