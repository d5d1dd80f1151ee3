import path from 'node:path';
import { Argument, Option, type Command } from '@commander-js/extra-typings';
import { readDefinitionFile, readDefinitions, type FoundDefinition } from '../apply/read-definitions.ts';
import { loadConfig, type Config } from '../config.ts';
import { refuseBeforeSince } from '../definition/due.ts';
import type { Definition, PullDefinition, SqlPart } from '../definition/definition.ts';
import type { TableRow } from '../definition/table-row.ts';
import { MillraceError } from '../errors.ts';
import { tryPull, type Tried } from '../sources/try/try-pull.ts';
import { namesFor } from '../names.ts';
import { whichInterval } from '../load/which-interval.ts';
import { pullSource } from '../sources/index.ts';
import { alternatives } from '../wording.ts';
import { colours } from './colours.ts';
import { offering } from './completion/offers.ts';
import { examples } from './examples.ts';
import { hidden } from './hidden.ts';
import { parseInterval } from './interval-argument.ts';
import { jsonOption, outputOption } from './output.ts';
import { asJson, printFound } from './print.ts';
import { counted, renderTable } from './table.ts';
import { wholeNumber } from './whole-number.ts';

const DEFAULT_PAGES = 10;

export function defineTry(command: Command): void {
  examples(command, [
    ['millrace try rates', 'ask its API for the last complete interval, and show what comes'],
    ['millrace try rates@2026-01-31T00:00:00Z --pages 100', 'another interval, more of it'],
    ['millrace try rates --definition drafts/rates.ts', 'a file that is being written, outside pipelines/'],
  ]);
  command
    .addArgument(
      offering(
        new Argument(
          '<pull[@interval]>',
          "the pull, and its interval's start (default: the last complete one)",
        ).argParser(parseInterval),
        ['pull'],
      ),
    )
    .addOption(new Option('--definition <file>', 'the file that defines it (default: that of pipelines/)'))
    .option('--pages <n>', 'pages at most', wholeNumber(1), DEFAULT_PAGES)
    .addOption(outputOption('table', 'json'))
    .addOption(jsonOption())
    .action(async (meant, options) => {
      const config = loadConfig();
      const found = await (options.definition === undefined
        ? readDefinitions(config.pipelinesDir)
        : readDefinitionFile(path.resolve(options.definition)));
      const definition = pullNamed(meant.table, found);
      const { interval } = await whichInterval(definition, meant, new Date());
      refuseBeforeSince(definition, interval);
      const source = await pullSource(definition).open();
      const definitions = found.map((one) => one.definition);
      const tried = await tryPull(definition, interval, source, {
        deps: {
          secret: config.secret,
          redaction: hidden(),
          tableRows: (sql, limit) => rowsAsReader(config, definitions, sql, limit),
        },
        maxPages: options.pages,
        signal: new AbortController().signal,
      });
      printFound(tried, { table: asText, json: asJson }[options.output]);
      if (tried.problems.length > 0) process.exitCode = 1;
    });
}

/** The rows of tables that are loaded, as a person may read them. */
async function rowsAsReader(
  config: Config,
  definitions: readonly Definition[],
  sql: readonly SqlPart[],
  limit: number,
): Promise<TableRow[]> {
  // Loaded where it is needed: most pulls ask no server of ours.
  const { connectMariaDb } = await import('../clients/mariadb.ts');
  const { tableRows } = await import('../load/table-rows.ts');
  const db = connectMariaDb(config.mariadb, config.mariadb.reader, { connections: 1 });
  try {
    const definitionOf = async (name: string) => {
      const found = definitions.find((one) => one.name === name);
      if (found !== undefined) return found;
      throw new MillraceError('TABLE_UNKNOWN', `No file defines '${name}', which forEach reads.`);
    };
    return await tableRows({ db, names: namesFor(config.env), definitionOf }, sql, limit);
  } finally {
    await db.close();
  }
}

/** @throws TABLE_UNKNOWN · INPUT_INVALID */
function pullNamed(name: string, found: readonly FoundDefinition[]): PullDefinition {
  const definition = found.map((one) => one.definition).find((one) => one.name === name);
  if (definition?.kind === 'pull') return definition;
  if (definition !== undefined) {
    throw new MillraceError(
      'INPUT_INVALID',
      `'${name}' is a ${definition.kind}: only a pull asks another system. 'npx millrace plan' checks the SQL of the others.`,
      { context: { name } },
    );
  }
  const pulls = found.filter((one) => one.definition.kind === 'pull').map((one) => one.definition.name);
  throw new MillraceError('TABLE_UNKNOWN', `No file defines '${name}'${alternatives(name, pulls)}`, {
    context: { name },
  });
}

function asText(tried: Tried): string {
  const { rows, problems, seen } = tried;
  const [first] = rows;
  const shown =
    first === undefined
      ? ''
      : `\n${renderTable(
          Object.keys(first),
          rows.map((row) => Object.values(row).map((value) => cellOf(value))),
        )}`;
  const fields =
    seen.length === 0
      ? ''
      : `\n${renderTable(
          ['in the record', 'seen', 'as a field'],
          seen.map(({ place, kinds, field }) => [place, kinds.join(', '), field]),
        )}`;
  const wrong = problems.map((problem) => `\n${colours.red('!')} ${problem}`).join('');
  return `${summary(tried)}\n${shown}${fields}${wrong === '' ? '' : `${wrong}\n`}`;
}

/** `rates 2026-01-31T00:00:00Z → 2026-02-01T00:00:00Z: 213 rows, 3 pages, 3 requests, 41 kB, 0.8 s`. */
function summary(tried: Tried): string {
  const { table, interval, records, dropped, isWhole, pages, requests, bytes, seconds } = tried;
  const counts = [
    `${counted(records, 'row')}${isWhole ? '' : ' so far'}`,
    ...(dropped === 0 ? [] : [`of which ${dropped} lie outside and are left out`]),
    ...[counted(pages, 'page'), counted(requests, 'request'), sizeOf(bytes), `${seconds.toFixed(1)} s`],
  ];
  const more = isWhole ? '' : `; there is more: --pages ${pages * 10}`;
  return `${table} ${interval.start} → ${interval.end}: ${counts.join(', ')}${more}`;
}

const LONGEST_CELL = 40;

/** On one line, and short enough for a table. */
function cellOf(value: string | number | null): string {
  const text = value === null ? 'NULL' : String(value).replaceAll(/\s+/g, ' ');
  return text.length <= LONGEST_CELL ? text : `${text.slice(0, LONGEST_CELL - 1)}…`;
}

function sizeOf(bytes: number): string {
  if (bytes < 1_000) return `${bytes} B`;
  return bytes < 1_000_000 ? `${(bytes / 1_000).toFixed(1)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}
