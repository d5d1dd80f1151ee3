import { createHash } from 'node:crypto';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { processVariables } from '../src/config.ts';
import { PACKAGE_DIR } from '../src/package.ts';
import { messageOf, MillraceError } from '../src/errors.ts';
import type { Report } from './cache.ts';
import { homePaths, readStackEnv } from './home.ts';
import type { Home } from './home.ts';
import { openHome, stackStatus } from './launcher.ts';
import type { StackOptions } from './launcher.ts';
import { withLock } from './lock.ts';
import { LOOPBACK } from './net.ts';
import { portVariable } from './ports.ts';
import type { PortName, Ports } from './ports.ts';
import { tailOf } from './process.ts';
import type { ProcessStatus } from './process.ts';
import { capture, runLogged } from './run.ts';
import type { RunOptions } from './run.ts';
import type { Server } from './server.ts';
import { SERVERS } from './servers.ts';

/** Ports that the servers use among themselves alone: compose does not publish them. */
export const UNPUBLISHED_PORTS: readonly PortName[] = ['kafkaController', 'druidDerby'];

/** The first time, images are fetched and one is built. */
const UP_TIMEOUT_MS = 30 * 60_000;
const COMMAND_TIMEOUT_MS = 120_000;
const POLL_MS = 2_000;

/** What the configuration must say because the containers reach each other under other addresses than we do. */
export function composeAddresses(ports: Ports): Record<string, string> {
  return {
    MILLRACE_KAFKA_BROKERS_FOR_DRUID: 'kafka:19092',
    MILLRACE_DRUID_TASKS_URL: `http://${LOOPBACK}:${ports.druidIndexer}`,
    MILLRACE_SUPERSET_MARIADB_ADDRESS: 'mariadb:3306',
    MILLRACE_SUPERSET_DRUID_ADDRESS: 'druid-router:8888',
  };
}

/** Did the servers of this home last start in containers? */
export function usesCompose(dir: string): boolean {
  return readStackEnv(dir)['COMPOSE_PROJECT_NAME'] !== undefined;
}

/**
 * `upStack` in containers, with the ports and passwords of this home.
 *
 * @throws STACK_PORT_BUSY naming all busy ports; STACK_SERVER_FAILED with the end of each failed server's log
 */
export async function upCompose(options: StackOptions): Promise<Home> {
  return locked(options, async ({ home: dir, report }) => {
    const project = projectOf(dir);
    const found = await containers(project);
    const down = SERVERS.filter(({ name }) => !isUp(found.get(name)));
    const variables = (ports: Ports) => ({ COMPOSE_PROJECT_NAME: project, ...composeAddresses(ports) });
    const home = await openHome(dir, down.map(publishedOf), variables);
    if (down.length > 0)
      report('  docker compose: starting containers; the first time it fetches their images');
    const finished = new AbortController();
    const reporting = reportHealthy(home, report, finished.signal);
    try {
      await compose(dir, ['up', '--detach', '--wait'], UP_TIMEOUT_MS);
    } catch (error) {
      throw await withServerLogs(error, dir);
    } finally {
      finished.abort();
      await reporting;
    }
    return home;
  });
}

/**
 * Stops the containers of this home and removes them; our own processes on this machine are `downStack`'s.
 *
 * @param options.forget remove their data as well
 */
export async function downCompose(options: StackOptions & { forget?: boolean }): Promise<void> {
  if (!usesCompose(options.home)) return;
  await locked(options, async ({ home: dir, report }) => {
    await compose(dir, ['down', ...(options.forget ? ['--volumes'] : [])], COMMAND_TIMEOUT_MS);
    report(`✓ ${'containers'.padEnd(17)} stopped`);
  });
}

/** `stackStatus` where the servers are in containers. */
export async function composeStatus(dir: string): Promise<ProcessStatus[]> {
  const found = await containers(projectOf(dir));
  const remembered = readStackEnv(dir);
  return stackStatus(dir).map((status) => {
    const server = SERVERS.find(({ name }) => name === status.name);
    if (server === undefined) return status;
    const container = found.get(server.name);
    const state = isUp(container) ? 'up' : container === undefined ? 'down' : 'dead';
    return { name: server.name, state, address: `${LOOPBACK}:${remembered[portVariable(server.ports[0])]}` };
  });
}

function locked<T>(options: StackOptions, work: (options: StackOptions) => Promise<T>): Promise<T> {
  const onWait = (holder: number) =>
    options.report(`  process ${holder} is starting or stopping this stack, waiting`);
  return withLock(homePaths(options.home).lock, () => work(options), { onWait });
}

/** One project per home: containers and volumes of two clones must not be taken for each other. */
function projectOf(dir: string): string {
  return `millrace-${createHash('sha256').update(dir).digest('hex').slice(0, 8)}`;
}

function publishedOf({ name, ports: [first, ...others] }: Server): Pick<Server, 'name' | 'ports'> {
  return { name, ports: [first, ...others.filter((port) => !UNPUBLISHED_PORTS.includes(port))] };
}

/** The project's containers by service, each with what Docker says of it: `Up 5 seconds (healthy)`. */
async function containers(project: string): Promise<Map<string, string>> {
  const filter = `label=com.docker.compose.project=${project}`;
  const format = '{{.Label "com.docker.compose.service"}}={{.Status}}';
  const listed = await capture('docker', ['ps', '--all', '--filter', filter, '--format', format], {
    env: processVariables(),
    timeoutMs: COMMAND_TIMEOUT_MS,
  });
  const rows = listed.split('\n').filter((line) => line.includes('='));
  return new Map(rows.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]));
}

function isUp(status: string | undefined): boolean {
  return status?.startsWith('Up') ?? false;
}

function isHealthy(status: string | undefined): boolean {
  return isUp(status) && status?.includes('(healthy)') === true;
}

/** One line per server as it becomes healthy; after the end, one last look. */
async function reportHealthy(home: Home, report: Report, end: AbortSignal): Promise<void> {
  const begin = Date.now();
  const told = new Set<string>();
  for (;;) {
    const isLast = end.aborted;
    const found = await containers(projectOf(home.dir)).catch(() => new Map<string, string>());
    for (const { name, ports } of SERVERS) {
      if (told.has(name) || !isHealthy(found.get(name))) continue;
      told.add(name);
      const took = `${((Date.now() - begin) / 1000).toFixed(1)} s`;
      report(`✓ ${name.padEnd(17)} ${`${LOOPBACK}:${home.ports[ports[0]]}`.padEnd(15)} ${took}`);
    }
    if (isLast) return;
    await delay(POLL_MS, undefined, { signal: end }).catch(() => undefined);
  }
}

/** Names the servers that are not healthy, each with the end of its log; without one, what compose said. */
async function withServerLogs(error: unknown, dir: string): Promise<unknown> {
  const found = await containers(projectOf(dir)).catch(() => new Map<string, string>());
  const failed = [...found].filter(([, status]) => !isHealthy(status) && status !== 'Created');
  if (failed.length === 0) return error;
  const texts = await Promise.all(
    failed.map(async ([name, status]) => {
      const logFile = homePaths(dir).log(name);
      const show = ['logs', '--no-color', '--no-log-prefix', name];
      await compose(dir, show, COMMAND_TIMEOUT_MS, logFile).catch(() => undefined);
      const tail = tailOf(logFile).replace(/^/gm, '  ');
      return `${name} did not become healthy (${status}). Its last lines:\n${tail}\nThe whole log: ${logFile}`;
    }),
  );
  return new MillraceError('STACK_SERVER_FAILED', `${texts.join('\n\n')}\n\n${messageOf(error)}`, {
    cause: error,
  });
}

/** `docker compose …` on the project's file, with all that stack.env says. */
function compose(dir: string, args: readonly string[], timeoutMs: number, logFile?: string): Promise<void> {
  const options: RunOptions = {
    cwd: PACKAGE_DIR,
    env: { ...processVariables(), ...readStackEnv(dir) },
    timeoutMs,
  };
  const file = path.join(PACKAGE_DIR, 'docker-compose.yml');
  return runLogged(
    'docker',
    ['compose', '--file', file, ...args],
    logFile ?? homePaths(dir).log('compose'),
    options,
  );
}
