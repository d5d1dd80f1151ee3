import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { MillraceError } from '../../src/errors.ts';
import { ensurePackages, findProgram } from '../debian.ts';
import { homePaths } from '../home.ts';
import { firstBytes, LOOPBACK } from '../net.ts';
import { runLogged } from '../run.ts';
import { plainEnvironment } from '../server.ts';
import type { Server, ServerContext } from '../server.ts';
import { MARIADB_SETTINGS, userStatements } from './settings.ts';

/** A private MariaDB from the system's package, never the system's own instance. */
export const mariadbServer: Server = {
  name: 'mariadb',
  ports: ['mariadb'],
  fetch: async (cache, report) => {
    await ensurePackages(cache, ['mariadb-server-core', 'mariadb-client-core'], report);
    return program('mariadbd');
  },
  prepare,
  launch: ({ home, package: command }) => ({
    command,
    args: [
      '--no-defaults',
      `--datadir=${dataDir(home.dir)}`,
      `--socket=${socketFile(home.dir)}`,
      `--port=${home.ports.mariadb}`,
      `--bind-address=${LOOPBACK}`,
      `--pid-file=${dataDir(home.dir)}/mariadb.pid`,
      `--init-file=${initFile(home.dir)}`,
      ...asRoot(),
      ...Object.entries(MARIADB_SETTINGS).map(([name, value]) => `--${name}=${value}`),
    ],
  }),
  ready: async ({ home }) => isGreeting(await firstBytes(home.ports.mariadb)),
  startTimeoutMs: 60_000,
  stopTimeoutMs: 30_000,
};

/** Makes the system tables of a new home; the users are set by SQL that the server runs as it starts. */
async function prepare({ home }: ServerContext): Promise<void> {
  const data = dataDir(home.dir);
  mkdirSync(path.dirname(initFile(home.dir)), { recursive: true });
  rmSync(initFile(home.dir), { force: true });
  writeFileSync(
    initFile(home.dir),
    userStatements(home.secrets)
      .map((sql) => `${sql};\n`)
      .join(''),
    { mode: 0o600 },
  );
  const done = path.join(data, 'installed');
  if (existsSync(done)) return;
  // An installation that was interrupted: no server has run on it, so it holds nothing.
  rmSync(data, { recursive: true, force: true });
  mkdirSync(path.dirname(data), { recursive: true });
  await runLogged(
    program('mariadb-install-db'),
    [
      '--no-defaults',
      `--datadir=${data}`,
      '--auth-root-authentication-method=normal',
      '--skip-test-db',
      ...asRoot(),
    ],
    homePaths(home.dir).log('mariadb'),
    { env: plainEnvironment(), timeoutMs: 120_000 },
  );
  writeFileSync(done, '');
}

function program(name: string): string {
  const found = findProgram(name);
  if (found !== undefined) return found;
  throw new MillraceError(
    'STACK_PREREQUISITE',
    `${name} is missing; install it with: apt-get install mariadb-server-core`,
  );
}

function dataDir(home: string): string {
  return homePaths(home).state('mariadb');
}

function initFile(home: string): string {
  return path.join(homePaths(home).conf('mariadb'), 'users.sql');
}

/** A socket's path may have 107 bytes: in a deep folder it moves to the temporary one. */
function socketFile(home: string): string {
  const near = path.join(homePaths(home).runDir, 'mariadb.sock');
  const hash = createHash('sha256').update(home).digest('hex').slice(0, 12);
  return near.length <= 100 ? near : path.join(tmpdir(), `millrace-${hash}.sock`);
}

function asRoot(): string[] {
  return process.getuid?.() === 0 ? ['--user=root'] : [];
}

/** The server speaks first: a packet whose first byte is the protocol's version, 10. */
function isGreeting(bytes: Buffer): boolean {
  return bytes[4] === 10;
}
