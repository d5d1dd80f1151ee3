import { afterAll, beforeAll, expect, it } from 'vitest';
import { plan } from '../../src/apply/plan.ts';
import { readStatus } from '../../src/cli/status/read-status.ts';
import type { Row } from '../../src/clients/mariadb.ts';
import { startBackfill } from '../../src/schedules/runs.ts';
import { MIGRATIONS } from '../../src/store/migrations.ts';
import { startProgram, type Finished } from '../support/as-user.ts';
import { carriedOutBy } from '../support/carried-out-by.ts';
import { ORDERS, READINGS } from '../support/definitions.ts';
import { jsonVendor, type JsonVendor } from '../support/json-vendor.ts';
import { liveEnv, type LiveEnv } from '../support/live-env.ts';
import { versionBefore, type VersionBefore } from '../support/version-before.ts';
import { waitUntil } from '../support/wait-until.ts';
import type { WorkerProcess } from '../support/worker-process.ts';

const DAY = Date.parse('2026-01-05T00:00:00Z');
const SENSORS = ['a', 'b'];
const LOADS = 100;
/** What each of the backfills loads that change hands, behind the hundred. */
const HANDED_OVER = 8;

let env: LiveEnv;
let vendor: JsonVendor;
let before: VersionBefore;
/** Closed, the vendor answers nobody. */
let gate = Promise.resolve();
const workers: Partial<Record<Version, WorkerProcess>> = {};
/** Of every worker that was started, by the beginning of its identity in Temporal. */
const versions = new Map<string, Version>();

type Version = 'old' | 'new';

beforeAll(async () => {
  // One record per page: a load is more than one request, and two workers' loads are under way at the same time.
  vendor = await jsonVendor(async (url) => {
    await gate;
    const page = Number(url.searchParams.get('after') ?? 0);
    const hour = url.searchParams.get('from') ?? '';
    const next = page + 1 < SENSORS.length ? String(page + 1) : null;
    return { items: [{ hour, sensor: SENSORS[page], value: valueOf(Date.parse(hour), page) }], next };
  });
  env = await liveEnv('old worker', { 'readings.ts': READINGS });
  await env.apply();
  // Applied, this would move the schedule, and make topics and a supervisor.
  before = versionBefore({
    'readings.ts': READINGS.replace('every.hour()', 'every.minutes(30)'),
    'orders.ts': ORDERS,
  });
});

afterAll(async () => {
  await env.close();
  await vendor.close();
  before.remove();
});

it('the store has been through more than the version before knows', () => {
  expect(before.migration).toBeLessThan(MIGRATIONS.at(-1)?.id ?? 0);
});

it('a plan and an apply by the version before are refused with what to do, and change nothing', async () => {
  const was = { store: await storeNow(), servers: await serversNow() };
  const refused = {
    code: 1,
    stdout: '',
    stderr: `CHANGE_UNSUPPORTED: The store ${env.names.storeSchema} has been through migration ${before.migration + 1}, which this millrace does not know. Use the version that made it, or a newer one.\n`,
  };
  expect(await Promise.all(['plan', 'apply'].map(runBefore))).toEqual([refused, refused]);
  expect({ store: await storeNow(), servers: await serversNow() }).toEqual(was);
});

it(`a worker of the version before carries out its part of ${LOADS} loads beside a new one, and every cell is right`, async () => {
  await Promise.all([start('old'), start('new')]);
  expect(await (await backfill(0, LOADS, 8)).result()).toMatchObject({ loaded: LOADS, failed: 0 });
  expect(await env.rows('readings')).toEqual(rowsOf(0, LOADS));
  expect(await ledgerOf(0, LOADS)).toEqual([{ intervals: LOADS, staged_rows: SENSORS.length, loads: 1 }]);
  const swappers = new Set<Version | undefined>();
  for (let hour = 0; hour < LOADS; hour++) {
    const run = await carriedOutBy(env.temporal, env.names.workflowId('readings', instantOf(hour + 1)));
    swappers.add(versionOf(run.activities.get('swap')));
  }
  expect(swappers).toEqual(new Set(['old', 'new']));
  expect((await readStatus({ ...env.config, homeDir: env.folder() })).problems).toEqual([]);
});

it.each<{ begins: Version; ends: Version; from: number }>([
  { begins: 'new', ends: 'old', from: LOADS },
  { begins: 'old', ends: 'new', from: LOADS + HANDED_OVER },
])(
  'a backfill that the worker of the $begins version has begun is carried on by that of the $ends one',
  async ({ begins, ends, from }) => {
    // After the other's turn it is gone already.
    await stop(ends);
    const handle = await backfill(from, from + HANDED_OVER, 2);
    await waitUntil(async () => (await ledgerOf(from, from + HANDED_OVER)).length > 0, {
      timeoutMs: 20_000,
      saw: () => workers[begins]?.log(),
    });
    const open = closeGate();
    await start(ends);
    const stopped = stop(begins);
    open();
    expect(await handle.result()).toMatchObject({ loaded: HANDED_OVER, failed: 0 });
    await stopped;
    expect(await env.rows('readings')).toEqual(rowsOf(0, from + HANDED_OVER));
    const { workflowTasks } = await carriedOutBy(env.temporal, handle.workflowId);
    expect([...workflowTasks].map(versionOf)).toEqual([begins, ends]);
  },
);

const instantOf = (hour: number) => new Date(DAY + hour * 3_600_000).toISOString().replace('.000Z', 'Z');

function valueOf(hourMs: number, page: number): number {
  return hourMs / 3_600_000 + page / 4;
}

function rowsOf(from: number, to: number): Row[] {
  return Array.from({ length: to - from }, (_, n) => DAY + (from + n) * 3_600_000).flatMap((hourMs) =>
    SENSORS.map((sensor, page) => ({
      hour: new Date(hourMs).toISOString().replace('T', ' ').replace('Z', ''),
      sensor,
      value: valueOf(hourMs, page),
    })),
  );
}

async function start(version: Version): Promise<void> {
  const worker = await env.worker({
    roles: 'live,bulk',
    variables: { VENDOR_URL: vendor.url },
    ...(version === 'old' ? { installed: before } : {}),
  });
  workers[version] = worker;
  versions.set(`${worker.child.pid}`, version);
}

function versionOf(identity = ''): Version | undefined {
  return versions.get(identity.split('@', 1)[0] ?? '');
}

/** In good order: it lets the loads that it has begun come to an end. */
async function stop(version: Version): Promise<void> {
  const worker = workers[version];
  if (worker === undefined) return;
  delete workers[version];
  expect(await worker.kill('SIGTERM')).toBe(0);
}

function closeGate(): () => void {
  let open = () => {};
  gate = new Promise((resolve) => (open = resolve));
  return open;
}

function backfill(from: number, to: number, concurrency: number) {
  const range = { from: instantOf(from), to: instantOf(to) };
  return startBackfill(env.temporal, env.names, { table: 'readings', ...range, concurrency });
}

/** Of the intervals from one hour to another: how many are loaded with how many rows, how often. */
async function ledgerOf(from: number, to: number): Promise<Record<string, number>[]> {
  const groups = await env.db.query(
    `SELECT COUNT(*) AS intervals, staged_rows, loads FROM ${env.names.storeSchema}.ledger
      WHERE tbl = 'readings' AND interval_start >= ? AND interval_start < ? GROUP BY staged_rows, loads`,
    [from, to].map((hour) => instantOf(hour).replace('T', ' ').replace('Z', '')),
  );
  return groups.map((group) =>
    Object.fromEntries(Object.entries(group).map(([name, count]) => [name, Number(count)])),
  );
}

/** Runs a command of the version before, in its own project. */
function runBefore(command: string): Promise<Finished> {
  const { env: name, homeDir } = env.config;
  const variables = { MILLRACE_ENV: name, MILLRACE_HOME: homeDir, MILLRACE_SUPERSET_URL: '' };
  return startProgram(process.execPath, [before.program, command], variables, before.project).finished;
}

/** Every table and view of the env: how it is made, and all its rows. */
async function storeNow(): Promise<Record<string, unknown>> {
  const tables = await env.db.query(
    'SELECT table_schema AS s, table_name AS t FROM information_schema.tables WHERE table_schema IN (?, ?)',
    [env.names.storeSchema, env.names.schema],
  );
  const read = tables.map(async ({ s, t }): Promise<[string, unknown]> => {
    const table = `${String(s)}.${String(t)}`;
    return [
      table,
      await Promise.all(
        [`SHOW CREATE TABLE ${table}`, `SELECT * FROM ${table}`].map((sql) => env.db.query(sql)),
      ),
    ];
  });
  return Object.fromEntries(await Promise.all(read));
}

/** What this version would change on the servers, and what there is of the env that it knows nothing of. */
async function serversNow() {
  const { changes } = await plan({ ...env.config, pipelinesDir: env.folder() });
  const supervisors = await env.druid.rows('SELECT supervisor_id FROM sys.supervisors');
  return {
    changes: changes.filter(({ action }) => action !== 'unchanged'),
    topics: (await env.kafka.topics()).filter((topic) => topic.startsWith(env.names.env)),
    supervisors: supervisors.filter((row) => String(row['supervisor_id']).startsWith(env.names.env)),
  };
}
