import type { Command } from '@commander-js/extra-typings';
import { loadConfig } from '../config.ts';
import { colours } from './colours.ts';
import { examples } from './examples.ts';
import { jsonOption, outputOption } from './output.ts';
import { asJson, asLines, printFound } from './print.ts';
import { readStatus, type Status } from './status/read-status.ts';
import { druidText } from './status/druid.ts';
import { dueText } from './status/table-status.ts';
import { ageOf, renderTable } from './table.ts';

export function defineStatus(command: Command): void {
  examples(command, [
    [
      'millrace status',
      'what runs, how far it is, and what is wrong, with what to do; exit code 1 where something is',
    ],
    ["millrace status -o json | jq '.problems'", 'the same for a program'],
  ]);
  command
    .option('--env <env>', 'the env')
    .addOption(outputOption('table', 'json', 'name'))
    .addOption(jsonOption())
    .action(async (options) => {
      const status = await readStatus(loadConfig({ MILLRACE_ENV: options.env }));
      const table = (shown: Status) => renderStatus(shown, Date.now());
      printFound(status, { table, json: asJson, name: namesOf }[options.output]);
      const isWell = status.problems.length === 0 && status.servers.every(({ state }) => state !== 'dead');
      if (!isWell) process.exitCode = 1;
    });
}

/** Of the streams and tables, as `describe` takes them. */
function namesOf({ streams, tables }: Status): string {
  return asLines([...streams.map(({ stream }) => stream), ...tables.map(({ table }) => table)]);
}

/** A table each of servers, streams and tables, then a line per problem. */
export function renderStatus({ servers, streams, tables, problems }: Status, nowMs: number): string {
  const colour = { up: colours.green, dead: colours.red, down: colours.dim } as const;
  // Where a server does not answer, a table without rows would look like an env without streams.
  const known = (rows: readonly unknown[], text: string) =>
    rows.length === 0 && problems.length > 0 ? [] : [text];
  const sections = [
    renderTable(
      ['server', 'state', 'address', 'up for'],
      servers.map(({ name, state, address, sinceSeconds }) => [
        name,
        state,
        address ?? '-',
        sinceSeconds === null ? '-' : ageOf(sinceSeconds * 1_000),
      ]),
    ).replaceAll(/\b(up|dead|down)\b(?=  )/g, (state) => colour[state as keyof typeof colour](state)),
    ...known(
      streams,
      renderTable(
        ['stream', 'state', 'raw', 'clean', 'dead', 'duplicate', 'filtered', 'lag', 'druid'],
        streams.map((s) => {
          const counts = [s.raw, s.clean, s.dead, s.duplicate, s.filtered, s.lag];
          return [s.stream, s.state, ...counts.map((count) => String(count ?? '-')), druidText(s)];
        }),
      ),
    ),
    ...known(
      tables,
      renderTable(
        ['table', 'kind', 'intervals', 'rows', 'newest interval', 'next slot'],
        tables.map((t) => {
          const held = [String(t.intervals), String(t.rows), t.newest ?? '-'];
          return [t.table, t.kind, ...held, dueText(t, nowMs)];
        }),
      ),
    ),
  ];
  return `${sections.join('\n')}${problems.map((problem) => `\n${colours.red('!')} ${problem}\n`).join('')}`;
}
