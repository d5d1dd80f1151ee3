import path from 'node:path';
import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { z } from 'zod';
import { up } from '../../../stack/stack.ts';
import { homePaths } from '../../../stack/home.ts';
import { answers } from '../../../stack/net.ts';
import { processStatus, startProcess, type ProcessSpec } from '../../../stack/process.ts';
import { apply, prepareSchemas } from '../../apply/index.ts';
import { connectTemporal, pollersOf } from '../../clients/temporal.ts';
import { connectMariaDb, identifier } from '../../clients/mariadb.ts';
import { inheritedVariables, loadConfig, processVariables, PROJECT_DIR, type Config } from '../../config.ts';
import { namesFor } from '../../names.ts';
import type { DemoSettings } from './demo-settings.ts';
import type { Stepper } from './stepper.ts';

const EXAMPLE = path.join(PROJECT_DIR, 'examples', 'flights');

export async function startStack(home: string, docker: boolean, step: Stepper): Promise<void> {
  await step('servers', async (note) => {
    await up({ home, report: note, docker });
  });
}

export async function startVendor(home: string, demo: DemoSettings, step: Stepper): Promise<void> {
  await step('weather vendor', async () => {
    const args = example('vendor.ts', { port: demo.vendorPort, control: true });
    await background(home, 'vendor', args, {
      env: { WEATHER_TOKEN: demo.weatherToken },
      address: demo.weatherUrl,
      ready: () => answers(`${demo.weatherUrl}/health`),
    });
    return demo.weatherUrl;
  });
}

/** The team's own tables, which the combined table joins: airlines and planes. */
export async function fillTeamTables(step: Stepper): Promise<void> {
  await step("the team's own tables", async () => {
    const config = loadConfig();
    const database = namesFor(config.env).schema;
    if (await hasTeamTables(config)) return `were in ${database}`;
    await prepareSchemas(config);
    const { host, port, admin } = config.mariadb;
    await promisify(execFile)(
      process.execPath,
      example('team-tables.ts', { database, user: admin.user, host, port }),
      { env: { ...processVariables(), MARIADB_PASSWORD: admin.password } },
    );
    return `airlines, planes in ${database}`;
  });
}

async function hasTeamTables(config: Config): Promise<boolean> {
  const db = connectMariaDb(config.mariadb, config.mariadb.admin, { connections: 1 });
  try {
    const schema = namesFor(config.env).schema;
    const [found] = await db.query(
      "SELECT COUNT(*) AS n FROM information_schema.tables WHERE table_schema = ? AND table_name IN ('airlines', 'planes')",
      [schema],
    );
    if (found?.['n'] !== '2') return false;
    // planes is filled last.
    const [planes] = await db.query(`SELECT COUNT(*) AS n FROM ${identifier(schema, 'planes')}`);
    return Number(planes?.['n']) > 0;
  } finally {
    await db.close();
  }
}

export async function applyDefinitions(step: Stepper): Promise<void> {
  await step('millrace apply', async () => {
    const changes = await apply(loadConfig());
    const changed = changes.filter(({ action }) => action === 'create' || action === 'update').length;
    return changed === 0 ? 'nothing to change' : `${changed} objects made or changed`;
  });
}

export async function startWorker(home: string, step: Stepper): Promise<void> {
  await step('worker', async () => {
    const config = loadConfig();
    const temporal = await connectTemporal(config);
    const queue = namesFor(config.env).taskQueue('live');
    const args = [path.join(PROJECT_DIR, 'bin', 'millrace.mjs'), 'worker'];
    const name = processName(config.env, 'worker');
    await background(home, name, args, {
      ready: async () => {
        const { pid } = processStatus(homePaths(home).runDir, name);
        return (await pollersOf(temporal, queue)).some((identity) => identity.startsWith(`${pid}@`));
      },
    });
    await temporal.connection.close();
  });
}

const progressShape = z.object({ phase: z.string(), sent: z.number() });
const windowShape = z.object({ from: z.string() });

/**
 * Departures of the last days through the raw topic at once, then as they happen.
 * @returns the hour from which on they were replayed: a later start goes on with the window of the first
 */
export async function startReplay(home: string, days: number, step: Stepper): Promise<Date> {
  const config = loadConfig();
  const name = processName(config.env, 'replay');
  const state = homePaths(home).state(name);
  await step(`departures of the last ${days} days`, async () => {
    const progress = `${state}.progress.json`;
    const args = example('replay.ts', {
      topic: namesFor(config.env).rawTopic({ name: 'departures' }),
      brokers: config.kafka.brokers.join(','),
      days,
      live: true,
      state: `${state}.json`,
      'progress-file': progress,
    });
    const read = () => progressShape.parse(JSON.parse(readFileSync(progress, 'utf8')));
    await background(home, name, args, {
      ready: async () => existsSync(progress) && read().phase !== 'replay',
    });
    return `${read().sent} events sent so far, live ones follow`;
  });
  return new Date(windowShape.parse(JSON.parse(readFileSync(`${state}.json`, 'utf8'))).from);
}

/** Background processes of ours: several envs may run beside each other in one home. */
export function processName(env: string, what: 'worker' | 'replay'): string {
  return `${env}-${what}`;
}

interface Background {
  ready: () => Promise<boolean>;
  env?: Record<string, string>;
  address?: string;
}

async function background(
  home: string,
  name: string,
  args: string[],
  { ready, env, address }: Background,
): Promise<void> {
  const { runDir, log } = homePaths(home);
  const spec: ProcessSpec = {
    name,
    command: process.execPath,
    args,
    env: { ...inheritedVariables(), ...env },
    cwd: PROJECT_DIR,
    logFile: log(name),
    ready,
    timeoutMs: 120_000,
    ...(address === undefined ? {} : { address }),
  };
  await startProcess(runDir, spec);
}

/** The examples are TypeScript programs of their own. A flag that is true stands alone. */
function example(file: string, flags: Record<string, string | number | true>): string[] {
  const given = Object.entries(flags).flatMap(([name, value]) =>
    value === true ? [`--${name}`] : [`--${name}`, String(value)],
  );
  return ['--import', 'tsx', path.join(EXAMPLE, file), ...given];
}
