import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { apply, type Change } from '../../src/apply/index.ts';
import { connectMariaDb } from '../../src/clients/mariadb.ts';
import type { Config } from '../../src/config.ts';
import { ORDERS, READINGS } from '../support/definitions.ts';
import { liveEnv, type LiveEnv } from '../support/live-env.ts';
import { outside } from '../support/outside.ts';
import { supersetApi, supersetContent, type SupersetApi } from '../support/superset-api.ts';

const SHOPS = `
import { external } from 'millrace';
export const shops = external('shops', { columns: { shop: 'text', city: 'text' } });
`;
const FILES = { 'orders.ts': ORDERS, 'readings.ts': READINGS, 'shops.ts': SHOPS };

const DASHBOARD = `
uuid: shop
dashboard_title: Shop
metadata: {}
position:
  ROOT_ID: { type: ROOT, id: ROOT_ID, children: [GRID_ID] }
  GRID_ID: { type: GRID, id: GRID_ID, parents: [ROOT_ID], children: [ROW] }
  ROW: { type: ROW, id: ROW, parents: [ROOT_ID, GRID_ID], children: [CHART], meta: {} }
  CHART: { type: CHART, id: CHART, parents: [ROOT_ID, GRID_ID, ROW], children: [], meta: { uuid: total, width: 4, height: 50 } }
`;
const CHART = `
uuid: total
slice_name: Busy hours
viz_type: big_number_total
dataset: busy_hours
params: { metric: count, adhoc_filters: [] }
`;

let dashboards: string;
let api: SupersetApi;
let env: LiveEnv;
let first: Change[];

beforeAll(async () => {
  dashboards = dashboardsFolder(DASHBOARD);
  env = await envWithShops('superset');
  api = await supersetApi(supersetOf(env.config));
  first = await env.apply();
});

afterAll(async () => {
  await env.close();
  rmSync(dashboards, { recursive: true });
});

it('the first apply makes both databases, a dataset of every kind of definition and the dashboard on one', async () => {
  expect(inSuperset(first)).toEqual([
    'create database MariaDB',
    'create database Druid',
    'create dataset orders',
    'create dataset orders_hourly',
    'create dataset busy_hours',
    'create dataset readings',
    'create dataset shops',
    'create dashboard shop',
  ]);
  const { names } = env;
  const { databases, datasets, dashboards: made } = await supersetContent(api, names);
  expect(databases.map(({ database_name: title }) => title).sort()).toEqual([
    names.supersetDatabase('Druid'),
    names.supersetDatabase('MariaDB'),
  ]);
  expect(datasets.map(({ schema, table_name: table }) => `${schema}.${table}`).sort()).toEqual(
    [
      `druid.${names.datasource({ name: 'orders', version: 1 })}`,
      ...['busy_hours', 'orders_hourly', 'readings', 'shops'].map((table) => `${names.schema}.${table}`),
    ].sort(),
  );
  expect(made.map(({ slug }) => slug)).toEqual([names.supersetDashboard('shop')]);
});

it('every dataset has the columns of its table', async () => {
  const columns: Record<string, string[]> = {};
  for (const table of ['readings', 'orders_hourly', 'busy_hours', 'shops']) {
    columns[table] = (await contentOf(env, table)).columns.map(({ column_name: name }) => name).sort();
  }
  const stream = await contentOf(env, env.names.datasource({ name: 'orders', version: 1 }));
  expect({ ...columns, orders: stream.columns.map(({ column_name: name }) => name).sort() }).toEqual({
    readings: ['hour', 'sensor', 'value'],
    orders_hourly: ['cents', 'hour', 'orders', 'shop'],
    busy_hours: ['cents', 'hour', 'orders', 'shop'],
    shops: ['city', 'shop'],
    orders: ['__time', 'cents', 'id', 'shop'],
  });
});

it('the rows of a view are seen through its dataset', async () => {
  await env.db.execute(
    `INSERT INTO ${env.names.schema}.orders_hourly (hour, shop, orders, cents) VALUES ('2026-01-05', 'north', 2, 700), ('2026-01-05', 'south', 1, 5)`,
  );
  expect(await queried(env, 'busy_hours', 'count')).toEqual([{ count: 1 }]);
});

it('a second apply changes nothing', async () => {
  const before = await supersetContent(api, env.names);
  expect(inSuperset(await env.apply()).filter((change) => !change.startsWith('unchanged '))).toEqual([]);
  expect(await supersetContent(api, env.names)).toEqual(before);
});

it("people's metrics and calculated columns survive a new column in the definition", async () => {
  const { id, columns, metrics } = await contentOf(env, 'readings');
  const highest = { metric_name: 'highest', expression: 'MAX(value)', verbose_name: 'Highest value' };
  const isHigh = { column_name: 'is_high', expression: 'value > 5', verbose_name: 'High?' };
  await api.put(`dataset/${id}`, {
    columns: [...columns.map((column) => ({ id: column.id, column_name: column.column_name })), isHigh],
    metrics: [
      ...metrics.map(({ id: metric, metric_name, expression }) => ({ id: metric, metric_name, expression })),
      highest,
    ],
  });
  env.define({
    ...FILES,
    'readings.ts': READINGS.replace('value: z', 'unit: z.string().nullable(), value: z'),
  });
  expect(inSuperset(await env.apply())).toContain('update dataset readings');

  const after = await contentOf(env, 'readings');
  expect(after.id).toBe(id);
  expect(after.columns.map(({ column_name: name }) => name).sort()).toEqual([
    'hour',
    'is_high',
    'sensor',
    'unit',
    'value',
  ]);
  expect(after.columns).toContainEqual(expect.objectContaining(isHigh));
  expect(after.metrics).toContainEqual(expect.objectContaining(highest));
  await env.db.execute(
    `INSERT INTO ${env.names.schema}.readings (hour, sensor, value) VALUES ('2026-01-05', 'a', 9)`,
  );
  expect(await queried(env, 'readings', 'highest', ['is_high'])).toEqual([{ is_high: 1, highest: 9 }]);
});

it('two envs with tables of the same names have all their datasets, each with its own rows', async () => {
  const second = await envWithShops('superset: second');
  try {
    await second.apply();
    const tables = async ({ names }: LiveEnv) =>
      (await supersetContent(api, names)).datasets
        .map(({ table_name: table }) => table.replace(`${names.env}_`, ''))
        .sort();
    expect(await tables(second)).toEqual(await tables(env));
    expect(await tables(second)).toHaveLength(5);
    await env.db.execute(`INSERT INTO ${env.names.schema}.shops VALUES ('north', 'Oslo')`);
    expect(await queried(env, 'shops', 'count')).toEqual([{ count: 1 }]);
    expect(await queried(second, 'shops', 'count')).toEqual([{ count: 0 }]);
  } finally {
    await second.close();
  }
});

describe('nothing is changed, in any system, by an apply that finds', () => {
  interface Obstacle {
    what: string;
    /** Puts it there; what it returns differs in the configuration of the apply that finds it. */
    make: (fresh: LiveEnv) => Promise<Partial<Config>>;
    code: string;
    says: string | RegExp;
  }

  it.each<Obstacle>([
    {
      what: "somebody else's database of our title in Superset",
      make: async ({ names, config }) => {
        const { user, password } = config.mariadb.reader;
        const { mariadbAddress } = supersetOf(config);
        await api.post('database/', {
          database_name: names.supersetDatabase('MariaDB'),
          sqlalchemy_uri: `mysql+pymysql://${user}:${encodeURIComponent(password)}@${mariadbAddress}/`,
        });
        return {};
      },
      code: 'OBJECT_FOREIGN',
      says: 'our database MariaDB',
    },
    {
      what: "somebody else's dataset of our table in Superset",
      make: async (fresh) => {
        fresh.define({ 'readings.ts': READINGS });
        await fresh.apply();
        const { databases } = await supersetContent(api, fresh.names);
        const mariadb = databases.find(({ database_name: title }) => title.endsWith('MariaDB'));
        await api.post('dataset/', {
          database: mariadb?.id,
          schema: fresh.names.schema,
          table_name: 'shops',
        });
        fresh.define(FILES);
        return {};
      },
      code: 'OBJECT_FOREIGN',
      says: 'our dataset shops',
    },
    {
      what: "somebody else's dashboard of our slug in Superset",
      make: async ({ names }) => {
        await api.post('dashboard/', { dashboard_title: 'Theirs', slug: names.supersetDashboard('shop') });
        return {};
      },
      code: 'OBJECT_FOREIGN',
      says: 'our dashboard shop',
    },
    {
      what: 'no Superset',
      make: async ({ config }) => ({ superset: { ...supersetOf(config), url: 'http://127.0.0.1:1' } }),
      code: 'SUPERSET_UNAVAILABLE',
      says: '127.0.0.1:1',
    },
    {
      what: 'a Superset that does not let it in',
      make: async ({ config }) => ({ superset: { ...supersetOf(config), password: 'wrong' } }),
      code: 'SUPERSET_REFUSED',
      says: 'MILLRACE_SUPERSET_PASSWORD',
    },
    {
      what: 'a malformed file of a dashboard',
      make: async () => ({ dashboardsDir: dashboardsFolder(DASHBOARD.replace('uuid: total', 'uuid: lost')) }),
      code: 'DEFINITION_INVALID',
      says: /dashboard\.yaml places charts.*lost/,
    },
  ])('$what', async ({ what, make, code, says }) => {
    const fresh = await envWithShops(`superset: ${what}`);
    try {
      const met = await make(fresh);
      const before = { ...(await outside(fresh)), superset: await supersetContent(api, fresh.names) };
      const refused = apply({ ...fresh.config, pipelinesDir: fresh.folder(), ...met });
      await expect(refused).rejects.toMatchObject({
        code,
        message: (typeof says === 'string'
          ? expect.stringContaining(says)
          : expect.stringMatching(says)) as string,
      });
      expect({ ...(await outside(fresh)), superset: await supersetContent(api, fresh.names) }).toEqual(
        before,
      );
    } finally {
      await fresh.close();
    }
  });
});

describe('who writes SQL in Superset', () => {
  const sqlLab = async (sql: string) => {
    const { databases } = await supersetContent(api, env.names);
    const mariadb = databases.find(({ database_name: title }) => title.endsWith('MariaDB'));
    const { data } = await api.post<{ data: object[] }>('sqllab/execute/', {
      database_id: mariadb?.id,
      schema: env.names.schema,
      sql,
      runAsync: false,
    });
    return data;
  };
  const insert = () => `INSERT INTO ${env.names.schema}.shops VALUES ('east', 'Bergen')`;

  it('may read the tables', async () => {
    const sql = `SELECT MAX(cents) AS most FROM ${env.names.schema}.orders_hourly`;
    expect(await sqlLab(sql)).toEqual([{ most: 700 }]);
  });

  it('may not write to them: Superset refuses it, and MariaDB does where somebody allows it in Superset', async () => {
    await expect(sqlLab(insert())).rejects.toThrow(/DML/);
    const { databases } = await supersetContent(api, env.names);
    for (const { id } of databases) await api.put(`database/${id}`, { allow_dml: true });
    await expect(sqlLab(insert())).rejects.toThrow(/INSERT command denied/);
    expect(await env.db.query(`SELECT * FROM ${env.names.schema}.shops WHERE shop = 'east'`)).toEqual([]);
  });

  it("has a login that may not write, change a table or see millrace's own", async () => {
    const reader = connectMariaDb(env.config.mariadb, env.config.mariadb.reader, { connections: 1 });
    const { schema, storeSchema } = env.names;
    try {
      for (const sql of [
        insert(),
        `UPDATE ${schema}.shops SET city = 'x'`,
        `DELETE FROM ${schema}.shops`,
        `DROP VIEW ${schema}.busy_hours`,
        `ALTER TABLE ${schema}.shops ADD COLUMN x INT`,
        `CREATE TABLE ${schema}.theirs (x INT)`,
        `SELECT * FROM ${storeSchema}.ledger`,
      ]) {
        await expect(reader.execute(sql), sql).rejects.toThrow(/denied/);
      }
    } finally {
      await reader.close();
    }
  });
});

interface DatasetContent {
  id: number;
  columns: { id: number; column_name: string; expression: string | null }[];
  metrics: { id: number; metric_name: string; expression: string }[];
}

async function contentOf({ names }: LiveEnv, table: string): Promise<DatasetContent> {
  const dataset = (await supersetContent(api, names)).datasets.find(({ table_name: name }) => name === table);
  return (await api.get<{ result: DatasetContent }>(`dataset/${dataset?.id}`)).result;
}

/** What a chart with this metric would show now. */
async function queried(
  of: LiveEnv,
  table: string,
  metric: string,
  columns: string[] = [],
): Promise<object[]> {
  const { id } = await contentOf(of, table);
  const answer = await api.post<{ result: { data: object[] }[] }>('chart/data', {
    datasource: { id, type: 'table' },
    queries: [{ columns, metrics: [metric], row_limit: 10 }],
    result_format: 'json',
    result_type: 'results',
    force: true,
  });
  return answer.result[0]?.data ?? [];
}

/** An env with the definitions of every kind, and the team's own table that one of them is about. */
async function envWithShops(test: string): Promise<LiveEnv> {
  const made = await liveEnv(test, FILES, {
    hasSuperset: true,
    variables: { MILLRACE_DASHBOARDS: dashboards },
  });
  await made.db.execute(`CREATE TABLE ${made.names.schema}.shops (shop VARCHAR(255), city TEXT)`);
  return made;
}

function dashboardsFolder(dashboard: string): string {
  const dir = mkdtempSync(path.join(os.tmpdir(), 'millrace-dashboards-'));
  mkdirSync(path.join(dir, 'shop', 'charts'), { recursive: true });
  writeFileSync(path.join(dir, 'shop', 'dashboard.yaml'), dashboard);
  writeFileSync(path.join(dir, 'shop', 'charts', 'total.yaml'), CHART);
  return dir;
}

function supersetOf(config: Config): NonNullable<Config['superset']> {
  if (config.superset === undefined) throw new Error('MILLRACE_SUPERSET_URL is empty: there is no Superset.');
  return config.superset;
}

function inSuperset(changes: Change[]): string[] {
  return changes
    .filter(({ system }) => system === 'superset')
    .map(({ action, object }) => `${action} ${object}`);
}

it('one apply makes all again after a table was dropped by hand: the view on it keeps its columns and its time', async () => {
  const before = await contentOf(env, 'busy_hours');
  await env.db.execute(`DROP TABLE ${env.names.schema}.orders_hourly`);
  await env.apply();
  const after = await contentOf(env, 'busy_hours');
  const shapeOf = (content: object) => {
    const { main_dttm_col: time, columns } = content as {
      main_dttm_col: string;
      columns: { column_name: string; type: string }[];
    };
    return [time, columns.map(({ column_name: name, type }) => `${name} ${type}`).sort()];
  };
  expect(shapeOf(after)).toEqual(shapeOf(before));
  expect((await env.apply()).filter(({ action }) => action !== 'unchanged')).toEqual([]);
});
