import { afterAll, beforeAll, expect, it } from 'vitest';
import { connectSuperset } from '../../src/clients/superset.ts';
import { millrace } from '../support/as-user.ts';
import { ORDERS, READINGS } from '../support/definitions.ts';
import { jsonVendor, type JsonVendor } from '../support/json-vendor.ts';
import { liveEnv, type LiveEnv } from '../support/live-env.ts';
import { waitUntil } from '../support/wait-until.ts';

/** What a person sees who looks at an env from the command line: list, describe, logs, completion, -o, backfill. */

const HOUR = '2026-01-05T07:00:00Z';

let env: LiveEnv;
let vendor: JsonVendor;
let status = 200;

beforeAll(async () => {
  vendor = await jsonVendor((url) =>
    status === 200
      ? { items: [{ hour: url.searchParams.get('from'), sensor: 'a', value: 1 }], next: null }
      : { status, body: '{}' },
  );
  env = await liveEnv('look around', { 'readings.ts': READINGS, 'orders.ts': ORDERS }, { hasSuperset: true });
  await env.apply();
  await env.worker({ variables: { VENDOR_URL: vendor.url } });
});

afterAll(async () => {
  await env.close();
  await vendor.close();
});

/** The dataset that Superset shows at that address. */
async function datasetAt(url: string): Promise<unknown> {
  const id = new URL(url).searchParams.get('datasource_id');
  const superset = await connectSuperset(env.config.superset!);
  const databases = await superset.databases();
  const datasets = await Promise.all(databases.map((database) => superset.datasets(database.id)));
  const found = datasets.flat().find((dataset) => String(dataset.id) === id);
  return { table: found?.table_name, schema: found?.schema };
}

/** The command in this env. Fails where it fails. */
async function printed(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await millrace(args, { MILLRACE_ENV: env.names.env });
  expect(code, stderr).toBe(0);
  return stdout;
}

it('list names every definition that is applied, as a table, as names and as JSON', async () => {
  expect(await printed('list', '-o', 'name')).toBe('busy_hours\norders\norders_hourly\nreadings\n');
  expect(await printed('list', '--kind', 'pull')).toMatch(
    /^NAME +KIND +SOURCE +EVERY .*\nreadings +pull +http +every\.hour\(\) /,
  );
  expect(JSON.parse(await printed('list', '--json'))).toContainEqual({
    ...{ name: 'orders', kind: 'stream', source: null, every: null, owner: null, description: null },
  });
});

it('logs tells each try of each step of an interval, the failed ones too, by whichever run it was', async () => {
  status = 503;
  const failing = await env.start({ table: 'readings', interval: HOUR });
  const logs = () => printed('logs', `readings@${HOUR}`);
  let seen = '';
  await waitUntil(async () => / stage +2 +failed /.test((seen = await logs())), {
    timeoutMs: 30_000,
    saw: () => seen,
  });
  status = 200;
  await failing.result();
  await waitUntil(async () => / swap +1 +ended .*: 1 rows \(0 before\)/.test((seen = await logs())), {
    timeoutMs: 30_000,
    saw: () => seen,
  });
  expect(seen).toMatch(/^run t\w+\/readings-2026-01-05T08:00:00Z [0-9a-f-]{36}$/m);
  expect(seen).toMatch(/Z {2}resolve +1 {2}began on .+, process \d+$/m);
  expect(seen).toMatch(/Z {2}stage +1 {2}failed after \d+\.\d s, HTTP_STATUS: .*503/m);
  expect(seen).toMatch(/Z {2}check +1 {2}ended after /m);
  const lines = (await printed('logs', `readings@${HOUR}`, '--json')).trim().split('\n');
  expect(lines.map((line) => JSON.parse(line) as unknown)).toContainEqual(
    expect.objectContaining({ step: 'stage', tryNumber: 1, level: 'warn', intervalStart: HOUR }),
  );
});

it('logs of an interval that nobody loaded says so', async () => {
  const { code, stdout, stderr } = await millrace(['logs', 'readings@2026-01-06T07:00:00Z'], {
    MILLRACE_ENV: env.names.env,
  });
  expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
  expect(stderr).toMatch(/nothing is logged for this interval: no run has begun/);
});

it('describe says of a table what it holds and where its last run and its dataset are', async () => {
  const described = JSON.parse(await printed('describe', 'readings', '-o', 'json')) as Record<
    string,
    unknown
  >;
  expect(described).toMatchObject({
    ...{ kind: 'pull', source: 'http', every: 'every.hour()', key: ['hour', 'sensor'], readBy: [] },
    loaded: { intervals: 1, rows: 1, newest: HOUR },
    nextSlot: expect.stringMatching(/:00:00Z$/) as string,
    lastRun: { status: 'COMPLETED', intervalStart: HOUR },
    problems: [],
  });
  const { datasetUrl } = described as { datasetUrl: string };
  expect(await datasetAt(datasetUrl)).toEqual({ table: 'readings', schema: env.names.schema });
  expect(await printed('describe', 'orders')).toMatch(/^topics +\S+\.orders\.raw, \S+\.orders\.clean, /m);
});

it('a backfill tells how far it is, and prints its report as it is asked for', async () => {
  const args = [
    'backfill',
    'readings',
    '--from',
    '2026-01-05T00:00:00Z',
    '--to',
    '2026-01-05T12:00:00Z',
    '--json',
  ];
  expect(JSON.parse(await printed(...args))).toMatchObject({ table: 'readings', loaded: 11, rows: 11 });
  const handle = env.temporal.workflow.getHandle(
    env.names.backfillId('readings', '2026-01-05T00:00:00Z', '2026-01-05T12:00:00Z'),
  );
  expect(await handle.query('progress')).toMatchObject({ loaded: 11, failed: 0, total: 11 });
});

it('what a shell is offered are the names that are applied', async () => {
  expect(await printed('complete', '--', 'run', '')).toBe('orders_hourly\nreadings\n');
  expect(await printed('run', `readings@${HOUR}`, '-o', 'name')).toBe(`readings@${HOUR}\n`);
});

it.each([['list'], ['status'], ['describe', 'readings'], ['run', 'readings']])(
  'in an env that nothing was applied to, %s says so, and no SQL',
  async (...args) => {
    const { code, stdout, stderr } = await millrace([...args, '--env', 'misspelt']);
    expect(stdout + stderr).toContain("Nothing was ever applied to env 'misspelt'");
    expect(stdout + stderr).not.toContain('SELECT');
    expect(code).toBe(args[0] === 'status' ? 1 : 3);
  },
);

it('a worker whose login MariaDB refuses ends before it takes a run from another', async () => {
  const { code, stderr } = await millrace(['worker', '--roles', 'live'], {
    MILLRACE_ENV: env.names.env,
    MILLRACE_MARIADB_PASSWORD: 'not the password',
  });
  expect(stderr).toMatch(/MARIADB_REFUSED: .*Access denied .*MILLRACE_MARIADB_PASSWORD/);
  expect(stderr).not.toContain('worker is ready');
  expect(code).toBe(1);
});
