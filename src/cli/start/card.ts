import path from 'node:path';
import { connectMariaDb } from '../../clients/mariadb.ts';
import { temporalCommand } from '../../clients/temporal.ts';
import { loadConfig, type Config } from '../../config.ts';
import { namesFor } from '../../names.ts';
import { print } from '../print.ts';
import { asTable, readRows } from '../show.ts';
import { readStatus } from '../status/read-status.ts';
import { dueText, type TableStatus } from '../status/tables.ts';
import { runsUrl } from '../temporal-ui.ts';
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
  const { tables } = await readStatus(config);
  print(
    `\n${asTable(rows)}\n${cardOf(config, tables, Date.now())}\nReady in ${(step.elapsedMs() / 1_000).toFixed(1)} s.\n`,
  );
}

/** Where everything is, a line each, with a command that can be pasted where there is no page to open. */
export function cardOf(config: Config, tables: TableStatus[], nowMs: number): string {
  const names = namesFor(config.env);
  const topic = names.cleanTopic('departures');
  const datasource = names.datasource({ name: 'departures', version: 1 });
  const due = tables.map(
    (table) => `${table.table}${table.nextSlot === null ? '' : ' at'} ${dueText(table, nowMs)}`,
  );
  const query = `{"query":"SELECT COUNT(*) AS departures, MAX(__time) AS newest FROM ${datasource}"}`;
  return [
    `Temporal UI   ${runsUrl(config)}`,
    `Temporal      ${temporalCommand(config, 'schedule list')}`,
    `Kafka         kcat -C -b ${config.kafka.brokers.join(',')} -t ${topic} -o -5 -e -q`,
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
