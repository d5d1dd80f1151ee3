import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { startVendor, type Vendor } from '../../examples/flights/vendor/server.ts';
import { apply, prepareSchemas, type Change } from '../../src/apply/index.ts';
import { connectDruid, type DruidClient } from '../../src/clients/druid.ts';
import { createKafkaClient } from '../../src/clients/kafka/index.ts';
import type { KafkaClient } from '../../src/clients/kafka/port.ts';
import { connectMariaDb, type Database, type Row } from '../../src/clients/mariadb.ts';
import { connectTemporal, type TemporalClient } from '../../src/clients/temporal.ts';
import { loadConfig, type Config, type Overrides } from '../../src/config.ts';
import { PACKAGE_DIR } from '../../src/package.ts';
import { namesFor, type Names } from '../../src/names.ts';
import type { LoadReport, RefreshInput } from '../../src/load/messages.ts';
import { removeFromSuperset } from './superset-api.ts';
import { waitUntil } from './wait-until.ts';
import { startWorkerProcess, type WorkerOptions, type WorkerProcess } from './worker-process.ts';

export const WEATHER_TOKEN = 'a-token-of-the-tests';

/** One env on the running stack: definitions of its own, everything that apply makes, workers on demand. */
export interface LiveEnv {
  config: Config;
  names: Names;
  /** apply's login; sees every schema of the env. */
  db: Database;
  druid: DruidClient;
  kafka: KafkaClient;
  temporal: TemporalClient;
  /** Replaces the files in the env's pipelines folder: `name.ts` by its text. */
  define(files: Record<string, string>): void;
  /** Where those files lie now. */
  folder(): string;
  apply(): Promise<Change[]>;
  worker(options?: WorkerOptions & { variables?: Record<string, string> }): Promise<WorkerProcess>;
  /** Starts a `refresh` under an id of its own, as a person with the temporal CLI would. */
  start(input: RefreshInput): Promise<{ workflowId: string; result: () => Promise<LoadReport> }>;
  rows(table: string): Promise<Row[]>;
  /** Ends the workers and drops everything that the env made, on every server. */
  close(): Promise<void>;
}

export interface LiveEnvOptions {
  variables?: Record<string, string>;
  /** Superset too; off unless told, because most tests do not look there. */
  hasSuperset?: boolean;
}

export async function liveEnv(
  test: string,
  files: Record<string, string>,
  options: LiveEnvOptions = {},
): Promise<LiveEnv> {
  // Never the name of an earlier run: Druid still publishes what a terminated supervisor had read.
  const env = `t${createHash('sha256').update(`${test} ${Date.now()}`).digest('hex').slice(0, 10)}`;
  const pipelines = path.join(loadConfig().homeDir, 'pipelines', env);
  const overrides: Overrides = {
    MILLRACE_ENV: env,
    MILLRACE_PIPELINES: pipelines,
    ...(options.hasSuperset === true ? {} : { MILLRACE_SUPERSET_URL: '' }),
    ...options.variables,
  };
  const config = loadConfig(overrides);
  const names = namesFor(env);
  const db = connectMariaDb(config.mariadb, config.mariadb.admin, { connections: 4 });
  const druid = connectDruid(config.druid);
  const kafka = createKafkaClient(config.kafka, `test-${env}`);
  const temporal = await connectTemporal(config);
  const workers: WorkerProcess[] = [];
  let runs = 0;
  // Each apply reads a folder of its own: a module that was imported once is never read again.
  let generation = 0;
  let folder = pipelines;
  const live: LiveEnv = {
    config,
    names,
    db,
    druid,
    kafka,
    temporal,
    define(changed) {
      folder = path.join(pipelines, String(generation++));
      mkdirSync(folder, { recursive: true });
      for (const [name, text] of Object.entries(changed)) writeFileSync(path.join(folder, name), text);
    },
    folder: () => folder,
    apply: () => apply({ ...config, pipelinesDir: folder }),
    async worker({ variables, ...which } = {}) {
      const worker = await startWorkerProcess(config, { ...overrides, ...variables }, which);
      workers.push(worker);
      return worker;
    },
    async start(input) {
      const workflowId = `${env}/by-hand-${runs++}-${Date.now()}`;
      const handle = await temporal.workflow.start('refresh', {
        workflowId,
        taskQueue: names.taskQueue('live'),
        args: [input],
      });
      return { workflowId, result: () => handle.result() as Promise<LoadReport> };
    },
    rows: (table) => db.query(`SELECT * FROM ${names.schema}.${table} ORDER BY 1, 2`),
    async close() {
      for (const worker of workers) await worker.kill('SIGKILL');
      await dropEnv(live);
      rmSync(pipelines, { recursive: true, force: true });
      await Promise.all([db.close(), kafka.close(), temporal.connection.close()]);
    },
  };
  await prepareSchemas(config);
  live.define(files);
  return live;
}

/** The demo's weather vendor on a free port, with its fault switch. */
export async function vendorOf(
  pageSize = 100,
): Promise<Vendor & { fault(kind: string, times: number): Promise<void> }> {
  const vendor = await startVendor({
    token: WEATHER_TOKEN,
    port: 0,
    host: '127.0.0.1',
    pageSize,
    hasControl: true,
  });
  return {
    ...vendor,
    async fault(kind, times) {
      const answer = await fetch(`${vendor.url}/control`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ fault: kind, times }),
      });
      if (!answer.ok) throw new Error(`the vendor refused the fault: ${await answer.text()}`);
    },
  };
}

/** The demo's own definitions. */
export function flightsDefinitions(folder: string): void {
  copyFileSync(
    path.join(PACKAGE_DIR, 'examples', 'flights', 'pipelines', 'flights.ts'),
    path.join(folder, 'flights.ts'),
  );
}

async function dropEnv(live: LiveEnv): Promise<void> {
  const { config, names, db, druid, kafka, temporal } = live;
  if (config.superset) await removeFromSuperset(config.superset, names);
  for await (const schedule of temporal.schedule.list({ query: `Env = '${names.env}'` })) {
    await temporal.schedule
      .getHandle(schedule.scheduleId)
      .delete()
      .catch(() => undefined);
  }
  const running = `WorkflowId STARTS_WITH '${names.env}/' AND ExecutionStatus = 'Running'`;
  for await (const run of temporal.workflow.list({ query: running })) {
    await temporal.workflow
      .getHandle(run.workflowId)
      .terminate('the test is over')
      .catch(() => undefined);
  }
  for (const datasource of await supervisorsOf(druid, names)) {
    await druid.terminateSupervisor(datasource);
  }
  await endTasks(live);
  // The broker goes on listing a deleted topic for a moment.
  await waitUntil(
    async () => {
      const topics = await topicsOf(kafka, names);
      if (topics.length > 0) await kafka.deleteTopics(topics).catch(() => undefined);
      return topics.length === 0;
    },
    { timeoutMs: 30_000 },
  );
  for (const schema of [names.schema, names.storeSchema, names.scratchSchema]) {
    await db.execute(`DROP DATABASE IF EXISTS ${schema}`);
  }
}

/** Of a supervisor that is terminated within a second of its start, Druid leaves the task behind, for an hour. */
async function endTasks({ config, druid, names }: LiveEnv): Promise<void> {
  let running: string[] = [];
  await waitUntil(
    async () => {
      const rows = await druid.rows("SELECT task_id, datasource FROM sys.tasks WHERE status = 'RUNNING'");
      running = rows
        .filter(({ datasource }) => String(datasource).startsWith(`${names.env}_`))
        .map((row) => String(row['task_id']));
      for (const id of running) {
        await fetch(`${config.druid.url}/druid/indexer/v1/task/${id}/shutdown`, { method: 'POST' });
      }
      return running.length === 0;
    },
    { timeoutMs: 30_000, saw: () => running.join() },
  );
}

async function supervisorsOf(druid: DruidClient, names: Names): Promise<string[]> {
  const rows = await druid.rows('SELECT supervisor_id FROM sys.supervisors');
  return rows.map((row) => String(row['supervisor_id'])).filter((id) => id.startsWith(`${names.env}_`));
}

async function topicsOf(kafka: KafkaClient, names: Names): Promise<string[]> {
  return (await kafka.topics()).filter((topic) => topic.startsWith(`${names.env}.`));
}
