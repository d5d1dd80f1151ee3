import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseEnv } from 'node:util';
import { LOOPBACK } from './net.ts';
import { portVariable, PORT_NAMES } from './ports.ts';
import type { Ports } from './ports.ts';

/** What one installation of the stack on this machine is made of: its folder, its ports, its passwords. */
export interface Home {
  dir: string;
  ports: Ports;
  secrets: Secrets;
}

/** Random, made once per home, kept in stack.env alone. */
export interface Secrets {
  mariadbRoot: string;
  mariadbWorker: string;
  mariadbAdmin: string;
  mariadbReader: string;
  supersetAdmin: string;
  supersetKey: string;
  /** Not secret, but as random: Kafka stamps its data folder with it. */
  kafkaClusterId: string;
}

const SECRET_VARIABLES = {
  mariadbRoot: 'MILLRACE_MARIADB_ROOT_PASSWORD',
  mariadbWorker: 'MILLRACE_MARIADB_PASSWORD',
  mariadbAdmin: 'MILLRACE_MARIADB_ADMIN_PASSWORD',
  mariadbReader: 'MILLRACE_MARIADB_READER_PASSWORD',
  supersetAdmin: 'MILLRACE_SUPERSET_PASSWORD',
  supersetKey: 'SUPERSET_SECRET_KEY',
  kafkaClusterId: 'MILLRACE_KAFKA_CLUSTER_ID',
} as const satisfies Record<keyof Secrets, string>;

/** Who may do what in MariaDB; the same names as the defaults of the configuration. */
export const MARIADB_USERS = {
  worker: 'millrace',
  admin: 'millrace_admin',
  reader: 'millrace_reader',
} as const;

/** Superset's only user at first. */
export const SUPERSET_ADMIN = 'admin';

/** Where a home keeps what: data, settings, logs and the records of what runs. */
export function homePaths(dir: string) {
  return {
    envFile: path.join(dir, 'stack.env'),
    runDir: path.join(dir, 'run'),
    lock: path.join(dir, 'run', 'stack.lock'),
    state: (server: string) => path.join(dir, 'state', server),
    conf: (server: string) => path.join(dir, 'conf', server),
    log: (server: string) => path.join(dir, 'log', `${server}.log`),
  };
}

/** The variables of stack.env; empty for a folder that is no home yet. */
export function readStackEnv(dir: string): Record<string, string | undefined> {
  const file = homePaths(dir).envFile;
  return existsSync(file) ? parseEnv(readFileSync(file, 'utf8')) : {};
}

/** The passwords of stack.env; those that it lacks are made. */
export function secretsFrom(remembered: Record<string, string | undefined>): Secrets {
  // Kafka's ids are 16 bytes in base64url, as long as a UUID.
  const make = (name: keyof Secrets) => randomText(name === 'kafkaClusterId' ? 16 : 24);
  const entries = Object.entries(SECRET_VARIABLES) as [keyof Secrets, string][];
  return Object.fromEntries(
    entries.map(([name, variable]) => [name, remembered[variable] || make(name)]),
  ) as unknown as Secrets;
}

/** Writes stack.env where it would differ. Only its owner may read it. */
export function saveHome(home: Home, extra: Readonly<Record<string, string>> = {}): void {
  const { envFile } = homePaths(home.dir);
  const text = renderStackEnv(home, extra);
  if (existsSync(envFile) && readFileSync(envFile, 'utf8') === text) return;
  mkdirSync(home.dir, { recursive: true });
  const draft = `${envFile}.${process.pid}`;
  writeFileSync(draft, text, { mode: 0o600 });
  renameSync(draft, envFile);
}

/**
 * stack.env: what `src/config.ts` and Temporal's own tools read to reach this stack.
 *
 * @param extra further variables, where the servers reach each other under other addresses than we do
 */
export function renderStackEnv(
  { ports, secrets }: Home,
  extra: Readonly<Record<string, string>> = {},
): string {
  const at = (port: number) => `${LOOPBACK}:${port}`;
  const addresses = {
    TEMPORAL_ADDRESS: at(ports.temporal),
    TEMPORAL_NAMESPACE: 'default',
    MILLRACE_TEMPORAL_UI_URL: `http://${at(ports.temporalUi)}`,
    MILLRACE_KAFKA_BROKERS: at(ports.kafka),
    MILLRACE_DRUID_URL: `http://${at(ports.druidRouter)}`,
    MILLRACE_MARIADB_HOST: LOOPBACK,
    MILLRACE_MARIADB_PORT: String(ports.mariadb),
    MILLRACE_MARIADB_USER: MARIADB_USERS.worker,
    MILLRACE_MARIADB_ADMIN_USER: MARIADB_USERS.admin,
    MILLRACE_MARIADB_READER_USER: MARIADB_USERS.reader,
    MILLRACE_SUPERSET_URL: `http://${at(ports.superset)}`,
    MILLRACE_SUPERSET_USERNAME: SUPERSET_ADMIN,
    // Whoever has a stack of their own has the programs that they try pulls on beside it.
    MILLRACE_PRIVATE_HOSTS: `${LOOPBACK},localhost`,
    ...extra,
  };
  const remembered = PORT_NAMES.map((name) => `${portVariable(name)}=${ports[name]}`);
  const random = (Object.keys(SECRET_VARIABLES) as (keyof Secrets)[]).map(
    (name) => `${SECRET_VARIABLES[name]}=${secrets[name]}`,
  );
  return [
    '# Made by `millrace stack up`: where the servers of this home listen, and the passwords made for it.',
    ...Object.entries(addresses).map(([name, value]) => `${name}=${value}`),
    ...random,
    '# To move a server: stop the stack, set its variable in the environment, start again.',
    ...remembered,
    '',
  ].join('\n');
}

/** Never begins with `-`: programs would take it for an option, here (`kafka-storage format`) or at a user's prompt. */
function randomText(bytes: number): string {
  for (;;) {
    const text = randomBytes(bytes).toString('base64url');
    if (!text.startsWith('-')) return text;
  }
}
