import path from 'node:path';
import { connectMariaDb } from '../../clients/mariadb.ts';
import { loadConfig, type Config } from '../../config.ts';
import { namesFor } from '../../names.ts';
import { asTable, readRows } from '../show.ts';
import { readStatus } from '../status/read-status.ts';
import { ageOf } from '../table.ts';
import type { Stepper } from './stepper.ts';

/** Ten rows of the combined table, and where to look next. */
export async function printCard(step: Stepper): Promise<void> {
  const config = loadConfig();
  const names = namesFor(config.env);
  const db = connectMariaDb(config.mariadb, config.mariadb.reader, { connections: 1 });
  const rows = await readRows(db, names.schema, 'delays_by_weather', {
    order: 'hour DESC, flights DESC',
    limit: 10,
  });
  await db.close();
  process.stdout.write(
    `\n${asTable(rows)}\n${await card(config)}\nReady in ${(step.elapsedMs() / 1_000).toFixed(1)} s.\n`,
  );
}

async function card(config: Config): Promise<string> {
  const { tables } = await readStatus(config);
  const datasource = namesFor(config.env).datasource({ name: 'departures', version: 1 });
  const due = tables.map(
    ({ table, nextSlot, paused }) =>
      `${table} ${paused === null ? `at ${nextSlot} (in ${ageOf(Date.parse(nextSlot) - Date.now())})` : 'paused'}`,
  );
  const query = `{"query":"SELECT COUNT(*) AS departures, MAX(__time) AS newest FROM ${datasource}"}`;
  return [
    `Temporal UI   ${config.temporalUiUrl}/namespaces/default/workflows`,
    supersetLine(config),
    `Druid         curl -s -H 'content-type: application/json' -d '${query}' ${config.druid.url}/druid/v2/sql`,
    `Next slots    ${due.join(', ')}`,
    `Look around   npx millrace status`,
    `Try next      npx millrace show delays_by_weather --where "origin = 'JFK'" --order "hour DESC"`,
    `Stop          npm run stop`,
    '',
  ].join('\n');
}

function supersetLine(config: Config): string {
  if (!config.superset) return 'Superset      not provisioned (MILLRACE_SUPERSET_URL is empty)';
  const { url, user } = config.superset;
  const slug = namesFor(config.env).supersetDashboard('flights');
  return `Superset      ${url}/superset/dashboard/${slug}/   user ${user}, password in ${relative(config, 'stack.env')} (MILLRACE_SUPERSET_PASSWORD)`;
}

function relative(config: Config, file: string): string {
  return path.relative(process.cwd(), path.join(config.homeDir, file));
}
