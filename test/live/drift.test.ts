import { rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { plan } from '../../src/apply/plan.ts';
import { pathText } from '../../src/cli/difference-text.ts';
import { renderPlan } from '../../src/cli/plan.ts';
import { ledgerIn } from '../../src/store/ledger.ts';
import type { Change, Difference } from '../../src/targets/target.ts';
import { ORDERS, READINGS } from '../support/definitions.ts';
import { DRIFTS, type Drift } from '../support/drifts.ts';
import { liveEnv, type LiveEnv } from '../support/live-env.ts';
import { shopDashboard } from '../support/shop-dashboard.ts';
import { supersetApi, supersetContent, type SupersetApi } from '../support/superset-api.ts';

const DAILY = READINGS.replaceAll('readings', 'daily').replace('every.hour()', "every.day('Europe/Berlin')");
const FILES = { 'orders.ts': ORDERS, 'readings.ts': READINGS, 'daily.ts': DAILY };

let env: LiveEnv;
let api: SupersetApi;
let dashboards: string;
/** What the plan said once everything had been changed by hand. */
let drifted: Change[];
/** Somebody else's objects, before anything was changed by hand. */
let untouched: object;

beforeAll(async () => {
  dashboards = shopDashboard();
  env = await liveEnv('drift', FILES, {
    hasSuperset: true,
    variables: { MILLRACE_DASHBOARDS: dashboards },
  });
  if (env.config.superset === undefined) throw new Error('there is no Superset');
  api = await supersetApi(env.config.superset);
  await env.apply();
  await makeForeign();
  untouched = await foreign();
  for (const { edit } of DRIFTS) await edit(env, api);
  drifted = (await planned()).changes;
});

afterAll(async () => {
  await env.close();
  rmSync(dashboards, { recursive: true });
});

const planned = () => plan({ ...env.config, pipelinesDir: env.folder() });
const changeOf = (changes: Change[], { system, object }: Drift) =>
  changes.find((change) => change.system === system && change.object === object(env.names));

describe('what somebody changed by hand is named with both values:', () => {
  it.each(
    DRIFTS.flatMap((drift) =>
      Object.entries(drift.fields).map(([field, values]) => ({ drift, field, values })),
    ),
  )('$drift.system · $field', ({ drift, field, values: [live, desired] }) => {
    const differences = changeOf(drifted, drift)?.differences ?? [];
    const found = differences.find(({ path }) => pathText(path) === field);
    expect(found, differences.map(({ path }) => pathText(path)).join()).toBeDefined();
    expect(found?.byHand).toBe(true);
    expect(textOf(found?.live)).toMatch(live);
    expect(textOf(found?.desired)).toMatch(desired);
  });
});

it('every field that apply sets is among them, and nothing else', async () => {
  for (const drift of DRIFTS) {
    const object = drift.object(env.names);
    const named = (changeOf(drifted, drift)?.differences ?? []).map(({ path }) => pathText(path));
    expect(named.sort(), object).toEqual(Object.keys(drift.fields).sort());
    const [row] = await env.db.query(
      `SELECT made FROM ${env.names.storeSchema}.objects WHERE system = ? AND object = ?`,
      [drift.system, object],
    );
    const { fields } = JSON.parse(String(row?.['made'])) as { fields: object };
    const missed = leavesOf(fields)
      .map(([part = '', name, ...rest]) =>
        pathText(
          part === 'charts' ? ["chart 'Busy hours'", ...rest] : [part, ...(name ? [name] : []), ...rest],
        ),
      )
      .filter((field) => !named.includes(field) && !(drift.others ?? []).some((other) => other.test(field)));
    expect(missed, object).toEqual([]);
  }
});

function leavesOf(value: unknown, at: string[] = []): string[][] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [at];
  return Object.entries(value).flatMap(([key, part]) => leavesOf(part, [...at, key]));
}

it('apply puts ours back, and leaves what others made and what an operator paused as it is', async () => {
  const changes = await env.apply();
  expect(changes.filter(isByHand).length).toBeGreaterThanOrEqual(DRIFTS.length);
  const after = await planned();
  expect(renderPlan(after)).toMatch(/^Plan: 0 to create, 0 to update, \d+ unchanged\.\n$/);
  expect(await foreign()).toEqual(untouched);
  const schedule = await env.temporal.schedule.getHandle(env.names.scheduleId('readings')).describe();
  expect(schedule.state).toMatchObject({ paused: true, note: 'by the drift test' });
  const supervisor = await env.druid.supervisorStatus(datasource());
  expect(supervisor?.suspended).toBe(true);
});

it("rights that were taken from Superset's user are given back", async () => {
  const reader = env.config.mariadb.reader.user;
  const schema = env.names.schema.replaceAll('_', '\\_');
  for (const host of ['127.0.0.1', 'localhost', '%']) {
    await env.db
      .execute(`REVOKE SELECT, SHOW VIEW ON \`${schema}\`.* FROM '${reader}'@'${host}'`)
      .catch(() => undefined);
  }
  const named = (await planned()).changes.find(({ object }) => object === `schema ${env.names.schema}`);
  expect(named?.differences).toEqual([
    { path: ['reader'], live: 'may not read', desired: 'may read', byHand: true },
  ]);
  await env.apply();
  expect(renderPlan(await planned())).toMatch(/^Plan: 0 to create, 0 to update/);
});

it('a password that changed is seen and not shown', async () => {
  const { reader } = env.config.mariadb;
  const changed = { ...env.config.mariadb, reader: { ...reader, password: `${reader.password}` } };
  const same = await plan({ ...env.config, mariadb: changed, pipelinesDir: env.folder() });
  expect(same.changes.every(({ action }) => action === 'unchanged')).toBe(true);
  await env.db.execute(
    `UPDATE ${env.names.storeSchema}.objects SET made = JSON_REPLACE(made, '$.unseen.password."$secret"', 'another') WHERE object = 'database MariaDB'`,
  );
  const after = await planned();
  expect(renderPlan(after)).toContain('database MariaDB (password: (secret) → (secret))');
  expect(JSON.stringify(after)).not.toContain(reader.password);
  await env.apply();
});

it('what somebody deleted is made again', async () => {
  await env.temporal.schedule.getHandle(env.names.scheduleId('daily')).delete();
  await env.db.execute(`DROP VIEW ${env.names.schema}.busy_hours`);
  await env.kafka.deleteTopics([env.names.deadTopic('orders')]);
  const text = renderPlan(await planned());
  for (const object of [env.names.scheduleId('daily'), 'busy_hours', env.names.deadTopic('orders')]) {
    expect(text).toContain(`${object} · it was deleted`);
  }
  await env.apply();
  expect(renderPlan(await planned())).toMatch(/^Plan: 0 to create, 0 to update/);
});

it('a table whose column somebody dropped counts as not loaded, as the values are lost', async () => {
  const { names, db } = env;
  const ledger = ledgerIn(db, names);
  for (const table of ['readings', 'daily']) {
    const interval = { start: '2026-01-05T07:00:00Z', end: '2026-01-05T08:00:00Z' };
    const load = { table, interval, loadId: '1', definitionHash: 'e', trigger: 'manual', workflowId: 'w' };
    await ledger.record(db, load, { rows: 1, dataHash: 'd', positions: {} });
  }
  await db.execute(`ALTER TABLE ${names.schema}.readings DROP COLUMN value`);
  expect(renderPlan(await planned())).toContain(
    'somebody dropped value with all values: no interval counts as loaded any more, backfill the table',
  );
  await env.apply();
  expect((await ledger.summaries()).map(({ table }) => table)).toEqual(['daily']);
  expect(renderPlan(await planned())).toMatch(/^Plan: 0 to create, 0 to update/);
});

function isByHand({ differences }: { differences: Difference[] }): boolean {
  return differences.some(({ byHand }) => byHand);
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value ?? null);
}

const datasource = () => env.names.datasource({ name: 'orders', version: 1 });

/** Somebody else's objects beside ours, on every server. */
async function makeForeign(): Promise<void> {
  const { db, kafka, temporal, names } = env;
  await db.execute(`CREATE TABLE ${names.schema}.theirs (mine INT)`);
  await kafka.ensureTopics([
    { topic: `${names.env}.theirs`, partitions: 1, config: { 'retention.ms': '12345' } },
  ]);
  await temporal.schedule.create({
    scheduleId: `${names.env}/theirs`,
    spec: { intervals: [{ every: '365 days' }] },
    action: { type: 'startWorkflow', workflowType: 'theirs', taskQueue: 'theirs' },
  });
  const { databases } = await supersetContent(api, names);
  const database = databases.find(({ database_name: title }) => title === names.supersetDatabase('MariaDB'));
  await api.post('dataset/', { database: database?.id, schema: names.schema, table_name: 'theirs' });
}

async function foreign(): Promise<object> {
  const { db, kafka, temporal, names } = env;
  const topic = `${names.env}.theirs`;
  const schedule = await temporal.schedule.getHandle(`${names.env}/theirs`).describe();
  const { datasets } = await supersetContent(api, names);
  return {
    table: await db.query(`SHOW CREATE TABLE ${names.schema}.theirs`),
    retention: (await kafka.topicSettings([topic])).get(topic)?.get('retention.ms'),
    schedule: { spec: schedule.spec, updated: schedule.info.lastUpdatedAt },
    // Not when it was changed: Superset touches every dataset of a database that gets another title.
    dataset: datasets
      .filter(({ table_name: table }) => table === 'theirs')
      .map((dataset) => ({ ...dataset, changed_on_utc: undefined })),
  };
}
