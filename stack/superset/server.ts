import { copyFileSync, existsSync, mkdirSync, renameSync } from 'node:fs';
import path from 'node:path';
import { homePaths, SUPERSET_ADMIN } from '../home.ts';
import { answers, LOOPBACK } from '../net.ts';
import { options } from '../server.ts';
import type { Server, ServerContext } from '../server.ts';
import { fetchSuperset, METADATA_TEMPLATE, SUPERSET_CONFIG } from './fetch.ts';
import { SUPERSET_APP, SUPERSET_GUNICORN } from './settings.ts';

/** Superset behind gunicorn, its metadata in a SQLite file. */
export const supersetServer: Server = {
  name: 'superset',
  ports: ['superset'],
  fetch: fetchSuperset,
  prepare,
  launch: ({ home, package: dir }) => ({
    command: path.join(dir, 'venv', 'bin', 'gunicorn'),
    args: [...options({ ...SUPERSET_GUNICORN, bind: `${LOOPBACK}:${home.ports.superset}` }), SUPERSET_APP],
    env: {
      FLASK_APP: 'superset',
      SUPERSET_CONFIG_PATH: SUPERSET_CONFIG,
      SUPERSET_HOME: homePaths(home.dir).state('superset'),
      SUPERSET_SECRET_KEY: home.secrets.supersetKey,
      SUPERSET_ADMIN_USERNAME: SUPERSET_ADMIN,
      SUPERSET_ADMIN_PASSWORD: home.secrets.supersetAdmin,
    },
  }),
  ready: ({ home }) => answers(`http://${LOOPBACK}:${home.ports.superset}/health`),
  startTimeoutMs: 120_000,
  stopTimeoutMs: 15_000,
};

/** A new home gets the migrated database from the cache; the admin is made as Superset starts. */
async function prepare({ home, package: dir }: ServerContext): Promise<void> {
  const state = homePaths(home.dir).state('superset');
  const database = path.join(state, 'superset.db');
  if (existsSync(database)) return;
  mkdirSync(state, { recursive: true });
  copyFileSync(path.join(dir, METADATA_TEMPLATE), `${database}.draft`);
  renameSync(`${database}.draft`, database);
}
