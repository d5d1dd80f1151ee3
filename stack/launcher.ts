import { rmSync } from 'node:fs';
import path from 'node:path';
import { LOCAL_ENV, processVariables } from '../src/config.ts';
import { MillraceError, messageOf } from '../src/errors.ts';
import { cacheDir } from './cache.ts';
import type { Report } from './cache.ts';
import { homePaths, readStackEnv, saveHome, secretsFrom } from './home.ts';
import type { Home } from './home.ts';
import { withLock } from './lock.ts';
import { LOOPBACK } from './net.ts';
import { busyPorts, choosePorts, portsBusyError, portVariable, withFreePorts } from './ports.ts';
import type { Ports } from './ports.ts';
import { processStatus, startedProcesses, startProcess, stopProcess } from './process.ts';
import type { ProcessStatus } from './process.ts';
import { plainEnvironment } from './server.ts';
import type { Server, ServerContext } from './server.ts';
import { SERVERS } from './servers.ts';

export interface StackOptions {
  /** The folder of the home, absolute (`stateDir()`). */
  home: string;
  /** Gets one line of progress. */
  report: Report;
}

/**
 * Makes sure that every server runs and is ready: fetches what is missing, starts what does not run (a server
 * that died as well), leaves the others alone.
 *
 * @throws STACK_PORT_BUSY naming all busy ports; STACK_SERVER_FAILED with the end of each failed server's log
 */
export async function upStack({ home: dir, report }: StackOptions): Promise<Home> {
  const onWait = (holder: number) =>
    report(`  process ${holder} is starting or stopping this stack, waiting`);
  return withLock(homePaths(dir).lock, () => up(dir, report), { onWait });
}

/** Stops what was started in this home and nothing else: our own processes first, then the servers. */
export async function downStack({ home: dir, report }: StackOptions): Promise<void> {
  const onWait = (holder: number) =>
    report(`  process ${holder} is starting or stopping this stack, waiting`);
  await withLock(homePaths(dir).lock, () => down(dir, report), { onWait });
}

/** Stops what was started in this home and forgets its data, settings, logs and passwords. */
export async function resetStack({ home: dir, report }: StackOptions): Promise<void> {
  await downStack({ home: dir, report });
  // Other homes (a test's) may lie in the same folder: only what belongs to this one goes.
  for (const name of ['state', 'conf', 'log', 'run', 'stack.env', LOCAL_ENV]) {
    rmSync(path.join(dir, name), { recursive: true, force: true });
  }
}

/** Every server, and after them our own background processes, with what is known of each. */
export function stackStatus(home: string): ProcessStatus[] {
  const { runDir } = homePaths(home);
  const others = startedProcesses(runDir).filter((name) => !isServer(name));
  return [...SERVERS.map((server) => server.name), ...others].map((name) => processStatus(runDir, name));
}

async function up(dir: string, report: Report): Promise<Home> {
  const down = SERVERS.filter((server) => processStatus(homePaths(dir).runDir, server.name).state !== 'up');
  // Children of a server that was killed may still hold its port.
  await Promise.all(down.map((server) => stopProcess(homePaths(dir).runDir, server.name)));
  const home = await openHome(dir, down);
  const fetched = fetchOnce(cacheDir(processVariables()), report);
  const starting = new Map<string, Promise<void>>();
  for (const server of inStartOrder(SERVERS)) {
    const needed = (server.dependsOn ?? []).flatMap((name) => starting.get(name) ?? []);
    starting.set(
      server.name,
      bringUp(server, { home, fetched, report, needed, fresh: down.includes(server) }),
    );
  }
  const results = await Promise.allSettled(starting.values());
  // Five servers of one download fail with the same error: it is told once.
  const errors = new Set(
    results.flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : [])),
  );
  const own = [...errors].filter((error) => !(error instanceof DependencyFailed));
  if (own.length === 1) throw own[0];
  if (own.length > 1)
    throw new MillraceError('STACK_SERVER_FAILED', own.map(messageOf).join('\n\n'), { cause: own[0] });
  return home;
}

/** Servers whose needs come before them. */
function inStartOrder(servers: readonly Server[]): Server[] {
  return servers.toSorted((a, b) => (a.dependsOn?.length ?? 0) - (b.dependsOn?.length ?? 0));
}

/** Servers that are made of the same download share one fetch. */
function fetchOnce(cache: string, report: Report): (server: Server) => Promise<string> {
  const begun = new Map<Server['fetch'], Promise<string>>();
  return ({ fetch }) => {
    const download = begun.get(fetch) ?? fetch(cache, report);
    begun.set(fetch, download);
    return download;
  };
}

class DependencyFailed extends Error {}

interface BringUp {
  home: Home;
  fetched: (server: Server) => Promise<string>;
  report: Report;
  needed: readonly Promise<void>[];
  /** It does not run. */
  fresh: boolean;
}

async function bringUp(server: Server, { home, fetched, report, needed, fresh }: BringUp): Promise<void> {
  const context: ServerContext = { home, package: await fetched(server) };
  const ready = await Promise.allSettled(needed);
  if (ready.some((result) => result.status === 'rejected')) throw new DependencyFailed(server.name);
  const begin = Date.now();
  if (fresh) await server.prepare(context);
  const { started } = await startProcess(homePaths(home.dir).runDir, processOf(server, context));
  if (started) await server.afterStart?.(context);
  const took = started ? `${((Date.now() - begin) / 1000).toFixed(1)} s` : 'was up';
  report(`✓ ${server.name.padEnd(17)} ${addressOf(server, home.ports).padEnd(15)} ${took}`);
}

function processOf(server: Server, context: ServerContext) {
  const { home } = context;
  const { command, args, env } = server.launch(context);
  return {
    name: server.name,
    command,
    args,
    env: { ...plainEnvironment(), ...env },
    cwd: home.dir,
    logFile: homePaths(home.dir).log(server.name),
    ready: () => server.ready(context),
    timeoutMs: server.startTimeoutMs,
    address: addressOf(server, home.ports),
  };
}

async function down(dir: string, report: Report): Promise<void> {
  const { runDir } = homePaths(dir);
  const others = startedProcesses(runDir).filter((name) => !isServer(name));
  await Promise.all(others.map((name) => stop(runDir, name, report)));
  const stopping = new Map<string, Promise<void>>();
  for (const server of inStartOrder(SERVERS).toReversed()) {
    const users = SERVERS.filter((other) => other.dependsOn?.includes(server.name));
    const usersGone = Promise.all(users.flatMap((user) => stopping.get(user.name) ?? []));
    stopping.set(
      server.name,
      usersGone.then(() => stop(runDir, server.name, report, server.stopTimeoutMs)),
    );
  }
  await Promise.all(stopping.values());
}

async function stop(runDir: string, name: string, report: Report, graceMs?: number): Promise<void> {
  const begin = Date.now();
  if (await stopProcess(runDir, name, graceMs)) {
    report(`✓ ${name.padEnd(17)} stopped ${((Date.now() - begin) / 1000).toFixed(1)} s`);
  }
}

function isServer(name: string): boolean {
  return SERVERS.some((server) => server.name === name);
}

function addressOf(server: Server, ports: Ports): string {
  return `${LOOPBACK}:${ports[server.ports[0]]}`;
}

/**
 * Settles ports and passwords and remembers them. Ports of servers that do not run must be free.
 *
 * @param extra further variables to remember
 */
export async function openHome(
  dir: string,
  down: readonly Pick<Server, 'name' | 'ports'>[],
  extra: (ports: Ports) => Record<string, string> = () => ({}),
): Promise<Home> {
  const explicit = processVariables();
  const remembered = readStackEnv(dir);
  let ports = choosePorts({ explicit, remembered });
  assertNotMoved(ports, remembered, down);
  const wanted = down.flatMap((server) => server.ports);
  const isNew = Object.keys(remembered).length === 0;
  if (explicit['MILLRACE_PORTS'] === 'free') {
    const movable = isNew ? wanted : await busyPorts(ports, wanted);
    ports = await withFreePorts(
      ports,
      movable.filter((name) => !explicit[portVariable(name)]),
    );
  }
  const busy = await busyPorts(ports, wanted);
  if (busy.length > 0) throw portsBusyError(ports, busy);
  const home: Home = { dir, ports, secrets: secretsFrom(remembered) };
  saveHome(home, extra(ports));
  return home;
}

/** A running server cannot be moved: its port was fixed when it started. */
function assertNotMoved(
  ports: Ports,
  remembered: Record<string, string | undefined>,
  down: readonly Pick<Server, 'name' | 'ports'>[],
): void {
  const moved = SERVERS.filter((server) => !down.some(({ name }) => name === server.name))
    .flatMap((server) => server.ports)
    .filter((name) => String(ports[name]) !== remembered[portVariable(name)]);
  if (moved.length === 0) return;
  const list = moved.map((name) => `${portVariable(name)}=${ports[name]}`).join(', ');
  throw new MillraceError(
    'CONFIG_INVALID',
    `${list}: the server already runs on another port; stop the stack first.`,
  );
}
