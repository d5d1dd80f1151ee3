import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseEnv } from 'node:util';
import { homePaths } from '../../stack/home.ts';
import { processStatus, startProcess } from '../../stack/process.ts';
import { up } from '../../stack/stack.ts';
import { apply as applyAll, prepareSchemas } from '../apply/index.ts';
import { connectMariaDb } from '../clients/mariadb.ts';
import { connectTemporal, pollersOf, type TemporalClient } from '../clients/temporal.ts';
import { temporalCommand } from '../clients/temporal-address.ts';
import { inheritedVariables, loadConfig, LOCAL_ENV, stateDir, type Config } from '../config.ts';
import { isTable } from '../definition/definition.ts';
import type { BackfillInput, BackfillReport } from '../load/messages.ts';
import { namesFor, type Names } from '../names.ts';
import { PACKAGE_DIR } from '../package.ts';
import { projectDir } from '../project.ts';
import { nextSlotOf } from '../schedules/live.ts';
import { startBackfill } from '../schedules/runs.ts';
import { exitWith } from './exit.ts';
import { asTable, readRows } from './show.ts';
import { dueText } from './status/table-status.ts';
import { runsUrl } from './temporal-ui.ts';
import { withCatalogue } from './with-catalogue.ts';

/**
 * What the commands do, as functions: for scripts of a project, such as a start of its own. Imported as
 * 'millrace/script'. Each reads the settings as they are when it is called; what fails throws a MillraceError.
 */
export { print, tell } from './print.ts';
export { dueText, type BackfillInput, type BackfillReport, type Names };

/** A program that goes on in the background, found again by its name in the home. */
export interface BackgroundProgram {
  /** Unique in the home. `millrace stack status` and `stack logs` show it, `stack down` stops it. */
  name: string;
  /** What Node runs: the file and its arguments, options of Node before them. */
  args: readonly string[];
  /** Variables on top of the environment. */
  variables?: Readonly<Record<string, string>>;
  /** Shown by `stack status`. */
  address?: string;
  /** Does it do its work? A throw means "not yet". */
  ready(): Promise<boolean>;
}

/** Runs a script as a command runs: what it throws is printed without secrets, and the exit code says its kind. */
export function runScript(main: () => Promise<void>): void {
  process.on('uncaughtException', exitWith);
  main().catch(exitWith);
}

/** Starts every server of the home that does not run, as `millrace stack up`. @param report gets lines of progress */
export async function startStack(report: (line: string) => void, isDocker = false): Promise<void> {
  await up({ home: stateDir(), report, docker: isDocker });
}

/** Starts a program unless it runs, and waits until it is ready, 2 minutes at most. @throws STACK_SERVER_FAILED */
export async function startInBackground(program: BackgroundProgram): Promise<void> {
  const { runDir, log } = homePaths(stateDir());
  const { name, args, variables, address, ready } = program;
  await startProcess(runDir, {
    name,
    command: process.execPath,
    args,
    env: { ...inheritedVariables(), ...variables },
    cwd: projectDir(),
    logFile: log(name),
    ready,
    timeoutMs: 120_000,
    ...(address === undefined ? {} : { address }),
  });
}

/** Starts `millrace worker` in the background, named `<env>-worker`, and waits until it takes work. */
export async function startWorker(): Promise<void> {
  const config = loadConfig();
  const { runDir } = homePaths(config.homeDir);
  const queue = namesFor(config.env).taskQueue('live');
  const name = `${config.env}-worker`;
  await withTemporal(config, (temporal) =>
    startInBackground({
      name,
      args: [path.join(PACKAGE_DIR, 'bin', 'millrace.mjs'), 'worker'],
      ready: async () => {
        const { pid } = processStatus(runDir, name);
        return (await pollersOf(temporal, queue)).some((identity) => identity.startsWith(`${pid}@`));
      },
    }),
  );
}

/** Where programs of the project keep what they remember of this home: the path of a file, its folder made. */
export function stateFile(name: string): string {
  const file = homePaths(stateDir()).state(name);
  mkdirSync(path.dirname(file), { recursive: true });
  return file;
}

/** The settings that programs of the project made for this home: `local.env`, which every command and worker reads. */
export function localSettings(): Record<string, string | undefined> {
  const file = path.join(stateDir(), LOCAL_ENV);
  return existsSync(file) ? parseEnv(readFileSync(file, 'utf8')) : {};
}

/** Adds settings to `local.env`, readable by its owner alone. */
export function setLocally(variables: Readonly<Record<string, string>>): void {
  const all = Object.entries({ ...localSettings(), ...variables }).map(
    ([name, value]) => `${name}=${value}\n`,
  );
  const text = `# Set by programs of the project, for this machine.\n${all.join('')}`;
  mkdirSync(stateDir(), { recursive: true });
  writeFileSync(path.join(stateDir(), LOCAL_ENV), text, { mode: 0o600 });
}

/** Where everything is, and how it is called. */
export interface Places {
  env: string;
  names: Names;
  homeDir: string;
  kafka: { brokers: readonly string[] };
  druid: { url: string };
  /** The user who may only read, for a person's own client. */
  mariadbReader: string;
  /** With the login that may make tables. */
  mariadb: { host: string; port: number; user: string; password: string };
  superset?: { url: string; user: string };
  temporalRunsUrl: string;
  /** A command of Temporal's own CLI for this server: `temporal schedule list --address …`. */
  temporalCommand(words: string): string;
}

export function places(variables: Readonly<Record<string, string>> = {}): Places {
  const config = loadConfig(variables);
  const { host, port, admin, reader } = config.mariadb;
  const { superset } = config;
  return {
    env: config.env,
    names: namesFor(config.env),
    homeDir: config.homeDir,
    kafka: config.kafka,
    druid: config.druid,
    mariadbReader: reader.user,
    mariadb: { host, port, ...admin },
    ...(superset === undefined ? {} : { superset: { url: superset.url, user: superset.user } }),
    temporalRunsUrl: runsUrl(config),
    temporalCommand: (words) => temporalCommand(config, words),
  };
}

/** Makes the env's schemas, for tables of the team's own that have to be there before the first apply. */
export function prepare(): Promise<void> {
  return prepareSchemas(loadConfig());
}

/** What apply did with one object of a server. */
export interface Applied {
  /** `kafka`, `mariadb`, `druid`, `temporal`, `superset` or `catalogue`. */
  system: string;
  object: string;
  action: 'create' | 'update' | 'unchanged' | 'left' | 'retire' | 'kept';
}

/** As `millrace apply`. */
export async function apply(): Promise<Applied[]> {
  return (await applyAll(loadConfig())).map(({ system, object, action }) => ({ system, object, action }));
}

/** Starts backfills, as `millrace backfill --no-wait`. */
export function beginBackfills(inputs: readonly BackfillInput[]): Promise<void> {
  const config = loadConfig();
  return withTemporal(config, async (temporal) => {
    await Promise.all(inputs.map((input) => startBackfill(temporal, namesFor(config.env), input)));
  });
}

/** Backfills, as `millrace backfill`, and waits for their ends. @returns their reports, in the same order */
export function backfill(inputs: readonly BackfillInput[]): Promise<BackfillReport[]> {
  const config = loadConfig();
  return withTemporal(config, (temporal) =>
    Promise.all(
      inputs.map(async (input) => (await startBackfill(temporal, namesFor(config.env), input)).result()),
    ),
  );
}

/** Rows of a table or view as `millrace show` prints them. */
export async function shownRows(
  table: string,
  options: { where?: string; order?: string; limit: number },
): Promise<string> {
  const config = loadConfig();
  const db = connectMariaDb(config.mariadb, config.mariadb.reader, { connections: 1 });
  try {
    return asTable(await readRows(db, namesFor(config.env).schema, table, options));
  } finally {
    await db.close();
  }
}

/** When the next run of a table is due. */
export interface TableDue {
  table: string;
  /** RFC 3339, UTC; null: none is due. */
  nextSlot: string | null;
  /** Why its schedule is paused; null: it is not. */
  paused: string | null;
}

/** When each table that is applied is due next. */
export async function dueTables(): Promise<TableDue[]> {
  const config = loadConfig();
  const names = namesFor(config.env);
  const all = await withCatalogue(config, (catalogue) => catalogue.all());
  const tables = [...all.values()].map(({ definition }) => definition).filter(isTable);
  return withTemporal(config, (temporal) =>
    Promise.all(
      tables.map(async ({ name }) => ({
        table: name,
        ...(await nextSlotOf(temporal, names.scheduleId(name))),
      })),
    ),
  );
}

async function withTemporal<T>(config: Config, work: (temporal: TemporalClient) => Promise<T>): Promise<T> {
  const temporal = await connectTemporal(config);
  try {
    return await work(temporal);
  } finally {
    await temporal.connection.close();
  }
}
