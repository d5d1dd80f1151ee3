import path from 'node:path';
import { dueTables, dueText, places, print, shownRows, type Places, type TableDue } from 'millrace/script';
import type { Stepper } from './stepper.ts';

/** Ten rows of the combined table, and where to look next. */
export async function printCard(step: Stepper): Promise<void> {
  const newest = { order: 'hour DESC, flights DESC', limit: 10 };
  const [rows, due] = await Promise.all([shownRows('delays_by_weather', newest), dueTables()]);
  const card = cardOf(places(), due, Date.now());
  print(`\n${rows}\n${card}\nReady in ${(step.elapsedMs() / 1_000).toFixed(1)} s.\n`);
}

/** Where everything is, a line each, with a command that can be pasted where there is no page to open. */
export function cardOf(at: Places, tables: TableDue[], nowMs: number): string {
  const topic = at.names.cleanTopic('departures');
  const datasource = at.names.datasource({ name: 'departures', version: 1 });
  const due = tables.map(
    (table) => `${table.table}${table.nextSlot === null ? '' : ' at'} ${dueText(table, nowMs)}`,
  );
  const query = `{"query":"SELECT COUNT(*) AS departures, MAX(__time) AS newest FROM ${datasource}"}`;
  return [
    `Temporal UI   ${at.temporalRunsUrl}`,
    `Temporal      ${at.temporalCommand('schedule list')}`,
    `Kafka         kcat -C -b ${at.kafka.brokers.join(',')} -t ${topic} -o -5 -e -q`,
    mariadbLine(at),
    supersetLine(at),
    `Druid         curl -s -H 'content-type: application/json' -d '${query}' ${at.druid.url}/druid/v2/sql`,
    `Next slots    ${due.join(', ')}`,
    `Look around   npx millrace status`,
    `Try next      npx millrace show delays_by_weather --where "origin = 'JFK'" --order "hour DESC"`,
    `Stop          npm run stop`,
    `Your own      npx millrace init ../shop && cd ../shop`,
    `              npm install && npx millrace apply`,
    `              npx millrace worker`,
    '',
  ].join('\n');
}

function mariadbLine({ mariadb: { host, port }, mariadbReader, names, homeDir }: Places): string {
  const command = `mariadb -h ${host} -P ${port} -u ${mariadbReader} -p ${names.schema}`;
  return `MariaDB       ${command}   password in ${settingsFile(homeDir)} (MILLRACE_MARIADB_READER_PASSWORD)`;
}

function supersetLine({ superset, names, homeDir }: Places): string {
  if (superset === undefined) return 'Superset      not provisioned (MILLRACE_SUPERSET_URL is empty)';
  const { url, user } = superset;
  return `Superset      ${url}/superset/dashboard/${names.supersetDashboard('flights')}/   user ${user}, password in ${settingsFile(homeDir)} (MILLRACE_SUPERSET_PASSWORD)`;
}

/** Seen from where the person typed the command, which may be above the project. */
function settingsFile(homeDir: string): string {
  return path.relative(process.env['INIT_CWD'] ?? process.cwd(), path.join(homeDir, 'stack.env'));
}
