import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { apply } from '../../src/apply/index.ts';
import { plan } from '../../src/apply/plan.ts';
import { renderPlan } from '../../src/cli/plan.ts';
import { connectMariaDb, type Database } from '../../src/clients/mariadb.ts';
import { liveEnv, type LiveEnv } from '../support/live-env.ts';

/** A view over somebody else's table, which stands in another schema. */
const FLEET = `
import { external, sql, view } from 'millrace';
export const planes = external('planes', { schema: 'SCHEMA', columns: { tail: 'text', seats: 'integer' } });
export const fleet = view('fleet', { sql: sql\`SELECT tail, seats FROM \${planes}\` });
`;
/** The same view over a table in the env's own schema. */
const WITHOUT = `
import { external, sql, view } from 'millrace';
export const gliders = external('gliders', { columns: { seats: 'integer' } });
export const fleet = view('fleet', { sql: sql\`SELECT seats FROM \${gliders}\` });
`;

let env: LiveEnv;
let root: Database;
let reader: Database;
/** A schema in which apply's user may grant, and one in which it may only read that one table. */
let granted: string;
let legacy: string;

beforeAll(async () => {
  env = await liveEnv('externals', {});
  const { mariadb, secret } = env.config;
  root = connectMariaDb(
    mariadb,
    { user: 'root', password: secret('MILLRACE_MARIADB_ROOT_PASSWORD') ?? '' },
    { connections: 1 },
  );
  reader = connectMariaDb(mariadb, mariadb.reader, { connections: 1 });
  granted = `millrace_${env.names.env}_team`;
  legacy = `legacy_${env.names.env}`;
  for (const schema of [granted, legacy]) {
    await root.execute(`CREATE DATABASE ${schema}`);
    await root.execute(`CREATE TABLE ${schema}.planes (tail VARCHAR(16), seats INT)`);
    await root.execute(`CREATE TABLE ${schema}.wages (pilot VARCHAR(16), cents INT)`);
    await root.execute(`INSERT INTO ${schema}.planes (tail, seats) VALUES ('N1', 100)`);
  }
  await root.execute(`CREATE TABLE ${env.names.schema}.gliders AS SELECT 1 AS seats`);
  for (const host of ['localhost', '127.0.0.1']) {
    await root.execute(`GRANT SELECT ON ${legacy}.planes TO '${mariadb.admin.user}'@'${host}'`);
  }
});

afterAll(async () => {
  for (const schema of [granted, legacy]) await root.execute(`DROP DATABASE ${schema}`);
  const { admin, reader: login } = env.config.mariadb;
  for (const [schema, user] of [
    [legacy, admin.user],
    [legacy, login.user],
    [granted, login.user],
  ]) {
    for (const host of ['localhost', '127.0.0.1']) {
      await root.execute(`REVOKE ALL ON ${schema}.planes FROM '${user}'@'${host}'`).catch(() => undefined);
    }
  }
  await Promise.all([root.close(), reader.close()]);
  await env.close();
});

const define = (schema: string) => env.define({ 'fleet.ts': FLEET.replace('SCHEMA', schema) });
const planned = async () => renderPlan(await plan({ ...env.config, pipelinesDir: env.folder() }));
const prune = () => apply({ ...env.config, pipelinesDir: env.folder() }, { prune: true });
const chart = () => reader.query(`SELECT * FROM ${env.names.schema}.fleet`);
const actions = (changes: Awaited<ReturnType<LiveEnv['apply']>>) =>
  changes.filter(({ action }) => action !== 'unchanged').map(({ action, object }) => `${action} ${object}`);

describe('an external in a schema where apply may grant', () => {
  it('is made readable for charts, that table and no other, and a plan says so before', async () => {
    define(granted);
    expect(await planned()).toMatch(
      new RegExp(` {2}~ mariadb {4}reader of ${granted}\\.planes \\(reader: may not read → may read\\)`),
    );
    await env.apply();
    expect(await chart()).toEqual([{ tail: 'N1', seats: 100 }]);
    await expect(reader.query(`SELECT * FROM ${granted}.wages`)).rejects.toThrow(/denied/);
    expect(actions(await env.apply())).toEqual([]);
  });

  it('is made so again where somebody took the right away', async () => {
    for (const host of ['localhost', '127.0.0.1']) {
      await root.execute(
        `REVOKE SELECT ON ${granted}.planes FROM '${env.config.mariadb.reader.user}'@'${host}'`,
      );
    }
    expect(await planned()).toMatch(
      new RegExp(` {2}! mariadb {4}reader of ${granted}\\.planes: changed by hand`),
    );
    await env.apply();
    expect(await chart()).toHaveLength(1);
  });

  it('is no longer readable when nothing declares it any more and what is left is retired', async () => {
    env.define({ 'fleet.ts': WITHOUT });
    expect(actions(await prune())).toContain(`retire reader of ${granted}.planes`);
    await expect(reader.query(`SELECT * FROM ${granted}.planes`)).rejects.toThrow(/denied/);
    expect(actions(await prune())).toEqual([]);
  });
});

describe('an external in a schema where apply may not grant', () => {
  it('is refused before anything is changed, with the GRANT to run; after that it is read as it is', async () => {
    define(legacy);
    const refusal = await env.apply().then(
      () => 'it came through',
      (error: Error) => error.message,
    );
    expect(refusal).toContain(`may not read ${legacy}.planes`);
    expect(await chart(), 'as it was').toEqual([{ seats: 1 }]);
    expect(await planned()).toMatch(new RegExp(` {2}x mariadb {4}reader of ${legacy}\\.planes: refused\\.`));
    const [grant] = /GRANT SELECT ON [^;]+/.exec(refusal) ?? [];
    await root.execute(String(grant));
    await env.apply();
    expect(await chart()).toEqual([{ tail: 'N1', seats: 100 }]);
  });

  it('stays readable when nothing declares it any more: that right was not given by apply', async () => {
    env.define({ 'fleet.ts': WITHOUT });
    await prune();
    expect(await reader.query(`SELECT tail FROM ${legacy}.planes`)).toHaveLength(1);
  });

  it('shows in a plan that has no login of apply as yet to be made', async () => {
    define(legacy);
    await root.execute(
      `REVOKE SELECT ON ${legacy}.planes FROM '${env.config.mariadb.reader.user}'@'127.0.0.1'`,
    );
    const { mariadb } = env.config;
    const without = { ...env.config, mariadb: { ...mariadb, admin: { user: 'nobody', password: 'wrong' } } };
    const { unknown, changes } = await plan({ ...without, pipelinesDir: env.folder() });
    expect(unknown).toEqual([]);
    expect(changes.find(({ object }) => object === `reader of ${legacy}.planes`)?.action).toBe('update');
  });
});
