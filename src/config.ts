import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { parseEnv } from 'node:util';
import { MillraceError } from './errors.ts';
import { projectDir, projectName } from './project.ts';
import { SETTINGS, type Settings } from './settings.ts';

/** In the home: what programs of a project set for this machine, such as the address of a server that they started. */
export const LOCAL_ENV = 'local.env';

/** Settings of this machine, in the home: those that the local stack made, and those of the project's own programs. */
const MADE_HERE = ['stack.env', LOCAL_ENV];

export interface Config {
  env: string;
  /** The user's folder, absolute; `name` is that of its package.json. */
  project: { dir: string; name?: string };
  /** Folder of the definitions, absolute. */
  pipelinesDir: string;
  /** Folder of the Superset dashboards, absolute. */
  dashboardsDir: string;
  /** Folder with everything a machine makes, absolute. */
  homeDir: string;
  logLevel: Settings['MILLRACE_LOG_LEVEL'];
  /** `TEMPORAL_*` as Temporal's own tools read them; its profile file counts too. */
  temporalVariables: Record<string, string | undefined>;
  temporalUiUrl: string;
  kafka: {
    brokers: string[];
    tls?: { ca?: string };
    sasl?: { mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512'; username: string; password: string };
    brokersForDruid: string;
    /** Names the variable that holds Druid's login for Kafka, where Druid takes that from its own environment. */
    jaasVariableForDruid?: string;
  };
  druid: { url: string; auth?: { username: string; password: string }; ca?: string; tasksUrl?: string };
  mariadb: {
    host: string;
    port: number;
    tls?: { ca?: string };
    worker: Login;
    admin: Login;
    reader: Login;
  };
  superset?: Login & {
    url: string;
    mariadbAddress: string;
    druidAddress: string;
    mariadbCa?: string;
    druidCa?: string;
  };
  /**
   * The value of a secret or setting, by the name that a definition gives, as the files say now: a new source needs no
   * restart. Undefined: it is not set.
   */
  secret(name: string): string | undefined;
}

export interface Login {
  user: string;
  password: string;
}

/** Variables given on top of the environment (a command's flags, a test's env). */
export type Overrides = Record<string, string | undefined>;

/**
 * Reads the configuration of this process, once.
 *
 * @throws CONFIG_INVALID naming every bad setting at once
 */
export function loadConfig(overrides: Overrides = {}): Config {
  const variables = variablesNow(overrides);
  const parsed = SETTINGS.safeParse(withoutEmpty(variables));
  const problems = [
    ...(parsed.error?.issues ?? []).map((issue) => ({
      name: String(issue.path[0]),
      problem: issue.message,
    })),
    ...incompleteLogins(variables),
  ].map(({ name, problem }) => `  ${name}=${shown(name, variables[name])}: ${problem}`);
  if (problems.length > 0 || !parsed.success) {
    throw new MillraceError('CONFIG_INVALID', `These settings are malformed:\n${problems.join('\n')}`);
  }
  return toConfig(parsed.data, variables, overrides);
}

/** A login that is given by half would be left out in silence, and be missed by the server alone. */
function incompleteLogins(variables: Overrides): { name: string; problem: string }[] {
  const needs = [
    { given: 'MILLRACE_KAFKA_SASL', needed: ['MILLRACE_KAFKA_USERNAME', 'MILLRACE_KAFKA_PASSWORD'] },
    { given: 'MILLRACE_KAFKA_JAAS_VARIABLE_FOR_DRUID', needed: ['MILLRACE_KAFKA_SASL'] },
    { given: 'MILLRACE_DRUID_USERNAME', needed: ['MILLRACE_DRUID_PASSWORD'] },
    { given: 'MILLRACE_DRUID_PASSWORD', needed: ['MILLRACE_DRUID_USERNAME'] },
  ];
  return needs.flatMap(({ given, needed }) =>
    needed
      .filter((name) => variables[given] && !variables[name])
      .map((name) => ({ name, problem: `must be set together with ${given}` })),
  );
}

/** Where variables stand, what counts first: what was given, the environment, and then files. */
function settingsInOrder(overrides: Overrides, files: readonly string[]): Overrides[] {
  return [given(overrides), process.env, ...files.map(readEnvFile)];
}

/** The project's own, then what was made here; of these, the later one counts. */
function envFiles(overrides: Overrides): string[] {
  const home = stateDir(overrides);
  return [path.join(projectDir(), '.env'), ...MADE_HERE.map((file) => path.join(home, file)).reverse()];
}

/**
 * Gives the value of one variable as {@link variablesNow} has it, without copying all of them: a request of a pull asks for a
 * dozen. The files are those that they were when this process began.
 */
function settingNow(overrides: Overrides): Config['secret'] {
  const files = envFiles(overrides);
  return (name) => settingsInOrder(overrides, files).find((settings) => settings[name] !== undefined)?.[name];
}

function variablesNow(overrides: Overrides): Overrides {
  const inOrder = settingsInOrder(overrides, envFiles(overrides)).reverse();
  return Object.assign({}, ...inOrder) as Overrides;
}

/** Where this machine's state lies: `MILLRACE_HOME`, relative to the project; `.millrace` unless told. */
export function stateDir(overrides: Overrides = {}): string {
  return homeIn({ ...processVariables(), ...given(overrides) });
}

function homeIn({ MILLRACE_HOME: home }: Overrides): string {
  return path.resolve(projectDir(), home || '.millrace');
}

/** The environment for a worker in the background: it reads the files by itself, and sees when they change. */
export function inheritedVariables(): Overrides {
  return { ...process.env };
}

/** The environment as the stack launcher needs it: ports, folders, what to hand to child processes. */
export function processVariables(): Overrides {
  return { ...readEnvFile(path.join(projectDir(), '.env')), ...process.env };
}

function toConfig(s: Settings, variables: Overrides, overrides: Overrides): Config {
  const druidAuth = pair(s.MILLRACE_DRUID_USERNAME, s.MILLRACE_DRUID_PASSWORD);
  const kafkaAuth = pair(s.MILLRACE_KAFKA_USERNAME, s.MILLRACE_KAFKA_PASSWORD);
  const mariadbAddress = `${s.MILLRACE_MARIADB_HOST}:${s.MILLRACE_MARIADB_PORT}`;
  const dir = projectDir();
  return {
    env: s.MILLRACE_ENV,
    project: { dir, ...optional('name', projectName(dir)) },
    pipelinesDir: path.resolve(dir, s.MILLRACE_PIPELINES),
    dashboardsDir: path.resolve(dir, s.MILLRACE_DASHBOARDS),
    homeDir: stateDir(overrides),
    logLevel: s.MILLRACE_LOG_LEVEL,
    temporalVariables: Object.fromEntries(
      Object.entries(variables).filter(([name]) => name.startsWith('TEMPORAL_')),
    ),
    temporalUiUrl: s.MILLRACE_TEMPORAL_UI_URL.replace(/\/$/, ''),
    kafka: {
      brokers: s.MILLRACE_KAFKA_BROKERS.split(',').map((broker) => broker.trim()),
      ...(s.MILLRACE_KAFKA_TLS ? { tls: certificate(s.MILLRACE_KAFKA_CA) } : {}),
      ...(s.MILLRACE_KAFKA_SASL && kafkaAuth
        ? { sasl: { mechanism: s.MILLRACE_KAFKA_SASL, ...kafkaAuth } }
        : {}),
      brokersForDruid: s.MILLRACE_KAFKA_BROKERS_FOR_DRUID ?? s.MILLRACE_KAFKA_BROKERS,
      ...optional('jaasVariableForDruid', s.MILLRACE_KAFKA_JAAS_VARIABLE_FOR_DRUID),
    },
    druid: {
      url: s.MILLRACE_DRUID_URL.replace(/\/$/, ''),
      ...(druidAuth ? { auth: druidAuth } : {}),
      ...certificate(s.MILLRACE_DRUID_CA),
      ...(s.MILLRACE_DRUID_TASKS_URL ? { tasksUrl: s.MILLRACE_DRUID_TASKS_URL.replace(/\/$/, '') } : {}),
    },
    mariadb: {
      host: s.MILLRACE_MARIADB_HOST,
      port: s.MILLRACE_MARIADB_PORT,
      ...(s.MILLRACE_MARIADB_TLS ? { tls: certificate(s.MILLRACE_MARIADB_CA) } : {}),
      worker: { user: s.MILLRACE_MARIADB_USER, password: s.MILLRACE_MARIADB_PASSWORD },
      admin: { user: s.MILLRACE_MARIADB_ADMIN_USER, password: s.MILLRACE_MARIADB_ADMIN_PASSWORD },
      reader: { user: s.MILLRACE_MARIADB_READER_USER, password: s.MILLRACE_MARIADB_READER_PASSWORD },
    },
    ...(s.MILLRACE_SUPERSET_URL === ''
      ? {}
      : {
          superset: {
            url: s.MILLRACE_SUPERSET_URL.replace(/\/$/, ''),
            user: s.MILLRACE_SUPERSET_USERNAME,
            password: s.MILLRACE_SUPERSET_PASSWORD,
            mariadbAddress: s.MILLRACE_SUPERSET_MARIADB_ADDRESS ?? mariadbAddress,
            druidAddress: s.MILLRACE_SUPERSET_DRUID_ADDRESS ?? new URL(s.MILLRACE_DRUID_URL).host,
            ...optional('mariadbCa', s.MILLRACE_SUPERSET_MARIADB_CA ?? s.MILLRACE_MARIADB_CA),
            ...optional('druidCa', s.MILLRACE_SUPERSET_DRUID_CA ?? s.MILLRACE_DRUID_CA),
          },
        }),
    secret: settingNow(overrides),
  };
}

function certificate(file: string | undefined): { ca?: string } {
  return file === undefined ? {} : { ca: readFileSync(file, 'utf8') };
}

function optional<K extends string>(key: K, value: string | undefined): Partial<Record<K, string>> {
  return value === undefined ? {} : ({ [key]: value } as Record<K, string>);
}

function pair(username: string | undefined, password: string | undefined) {
  return username === undefined || password === undefined ? undefined : { username, password };
}

/** What was read of a file, and what the file was then. */
interface ReadFile {
  version: string;
  variables: Overrides;
}

const readFiles = new Map<string, ReadFile>();

/** Read anew where it has changed: a request of a pull asks for a dozen settings. */
function readEnvFile(file: string): Overrides {
  const found = statSync(file, { bigint: true, throwIfNoEntry: false });
  if (found === undefined) return {};
  const version = `${found.ino} ${found.size} ${found.mtimeNs}`;
  const known = readFiles.get(file);
  if (known?.version === version) return known.variables;
  const variables = parseEnv(readFileSync(file, 'utf8'));
  readFiles.set(file, { version, variables });
  return variables;
}

/** A flag that was not given must not hide the environment. */
function given(overrides: Overrides): Overrides {
  return Object.fromEntries(Object.entries(overrides).filter(([, value]) => value !== undefined));
}

/** `NAME=` means "not set", save for the one setting whose empty value says something. */
function withoutEmpty(variables: Overrides): Overrides {
  return Object.fromEntries(
    Object.entries(variables).filter(([name, value]) => value !== '' || name === 'MILLRACE_SUPERSET_URL'),
  );
}

function shown(name: string, value: string | undefined): string {
  return /PASSWORD|TOKEN|SECRET|KEY/.test(name) ? '***' : (value ?? '');
}
