import { accessSync, constants } from 'node:fs';
import path from 'node:path';
import { processVariables } from '../src/config.ts';
import { MillraceError } from '../src/errors.ts';
import type { Report } from './cache.ts';
import { withLock } from './lock.ts';
import { runLogged } from './run.ts';

/** Debian packages that the stack and its tests use, and a program that each brings. */
const DEBIAN_PACKAGES = {
  'mariadb-server-core': 'mariadbd',
  'mariadb-client-core': 'mariadb',
  chromium: 'chromium',
  kcat: 'kcat',
} as const;

export type DebianPackage = keyof typeof DEBIAN_PACKAGES;

const TIMEOUT_MS = 10 * 60_000;

/** Where system daemons lie: not on every user's PATH. */
const SYSTEM_DIRS = ['/usr/sbin', '/usr/local/sbin', '/usr/local/bin', '/usr/bin', '/opt/homebrew/bin'];

/** The full path of a program, or undefined. */
export function findProgram(name: string, searchPath = processVariables()['PATH'] ?? ''): string | undefined {
  return [...searchPath.split(path.delimiter), ...SYSTEM_DIRS]
    .filter((dir) => dir !== '')
    .map((dir) => path.join(dir, name))
    .find(isExecutable);
}

/**
 * Installs those Debian packages whose program is missing, as root, and says so before.
 *
 * @throws STACK_PREREQUISITE with the command to run, where root is needed and we are not
 */
export async function ensurePackages(
  cache: string,
  packages: readonly DebianPackage[],
  report: Report,
): Promise<void> {
  if (missingOf(packages).length === 0) return;
  await withLock(path.join(cache, 'locks', 'apt'), async () => {
    const missing = missingOf(packages);
    if (missing.length === 0) return;
    const install = `apt-get install -y --no-install-recommends ${missing.join(' ')}`;
    if (process.getuid?.() !== 0 || findProgram('apt-get') === undefined) {
      throw new MillraceError(
        'STACK_PREREQUISITE',
        `${missing.join(' and ')} are missing, and only root can install them: sudo ${install}`,
      );
    }
    report(`  installing Debian packages: ${missing.join(', ')}`);
    const env = { ...processVariables(), DEBIAN_FRONTEND: 'noninteractive' };
    const log = path.join(cache, 'log', 'apt.log');
    await runLogged('apt-get', ['update', '-q'], log, { env, timeoutMs: TIMEOUT_MS });
    await runLogged('apt-get', install.split(' ').slice(1), log, { env, timeoutMs: TIMEOUT_MS });
  });
}

function missingOf(packages: readonly DebianPackage[]): DebianPackage[] {
  return packages.filter((name) => findProgram(DEBIAN_PACKAGES[name]) === undefined);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
