import { createHash, randomBytes } from 'node:crypto';
import { cpSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { PACKAGE_DIR } from '../../src/package.ts';
import { ensureCached } from '../cache.ts';
import type { CacheEntry, Report } from '../cache.ts';
import { makePythonEnvironment } from '../python.ts';
import { runLogged } from '../run.ts';
import { plainEnvironment, VERSIONS } from '../server.ts';

const FOLDER = path.join(PACKAGE_DIR, 'stack', 'superset');
const REQUIREMENTS = path.join(FOLDER, 'requirements.txt');
export const SUPERSET_CONFIG = path.join(FOLDER, 'superset_config.py');
const TIMEOUT_MS = 15 * 60_000;

/** The metadata database of a Superset that nobody has used: tables and roles, no user, nothing under a key. */
export const METADATA_TEMPLATE = 'superset.db';

/** A Python environment with Superset in it (`venv/`) and a migrated metadata database to copy. */
export function fetchSuperset(cache: string, report: Report): Promise<string> {
  return ensureCached(cache, entry(), report);
}

function entry(): CacheEntry {
  const locked = `${VERSIONS.python}\n${readFileSync(REQUIREMENTS, 'utf8')}`;
  const hash = createHash('sha256').update(locked).digest('hex').slice(0, 8);
  return {
    name: `superset-${VERSIONS.superset}-${hash}`,
    title: `superset ${VERSIONS.superset}`,
    fetch: async (dir, report) => {
      report(`  superset ${VERSIONS.superset}: fetching its Python packages`);
      const log = path.join(path.dirname(dir), 'log', 'superset.log');
      await makePythonEnvironment(dir, 'Superset', REQUIREMENTS, log);
      report(`  superset ${VERSIONS.superset}: making its metadata database`);
      await makeMetadata(dir, log);
    },
  };
}

async function makeMetadata(dir: string, log: string): Promise<void> {
  const work = path.join(dir, 'work');
  rmSync(work, { recursive: true, force: true });
  mkdirSync(work);
  const env = {
    ...plainEnvironment(),
    FLASK_APP: 'superset',
    SUPERSET_CONFIG_PATH: SUPERSET_CONFIG,
    SUPERSET_HOME: work,
    SUPERSET_SECRET_KEY: randomBytes(32).toString('base64'),
  };
  const superset = path.join(dir, 'venv', 'bin', 'superset');
  for (const args of [['db', 'upgrade'], ['init']]) {
    await runLogged(superset, args, log, { cwd: work, env, timeoutMs: TIMEOUT_MS });
  }
  cpSync(path.join(work, 'superset.db'), path.join(dir, METADATA_TEMPLATE));
  rmSync(work, { recursive: true });
}
