import { Argument, type Command } from '@commander-js/extra-typings';
import { connectMariaDb, identifier, type Database, type Row } from '../clients/mariadb.ts';
import { loadConfig } from '../config.ts';
import { alternatives } from '../wording.ts';
import { MillraceError } from '../errors.ts';
import { namesFor } from '../names.ts';
import { offering } from './completion/offers.ts';
import { examples } from './examples.ts';
import { jsonOption, outputOption } from './output.ts';
import { asLine, printFound, tell } from './print.ts';
import { renderTable } from './table.ts';
import { wholeNumber } from './whole-number.ts';

/** What has rows in MariaDB. */
const SHOWN = ['pull', 'rollup', 'view', 'external'] as const;

export function defineShow(command: Command): void {
  examples(command, [
    ['millrace show revenue', 'the first rows of a table or view'],
    ['millrace show revenue --where "currency = \'USD\'" --order "hour DESC"', 'the newest of some'],
    ['millrace show revenue --limit 1000000 -o json > revenue.jsonl', 'all of it, for a program'],
  ]);
  command
    .addArgument(offering(new Argument('<table>', 'the table or view'), SHOWN))
    .option('--where <sql>', "a condition in MariaDB's SQL, run as a user who may only read")
    .option('--order <sql>', 'what to sort by, such as "hour DESC"')
    .option('--limit <n>', 'rows at most', wholeNumber(1), 20)
    .addOption(outputOption('table', 'json'))
    .addOption(jsonOption())
    .option('--env <env>', 'the env of the table')
    .action(async (table, options) => {
      const config = loadConfig({ MILLRACE_ENV: options.env });
      const db = connectMariaDb(config.mariadb, config.mariadb.reader, { connections: 1 });
      try {
        const { limit } = options;
        const found = await readRows(db, namesFor(config.env).schema, table, {
          ...options,
          limit: limit + 1,
        });
        printFound(found.slice(0, limit), { table: asTable, json: asJsonLines }[options.output]);
        if (found.length > limit) tell(`There are more than these ${limit} rows: --limit <n>\n`);
      } finally {
        await db.close();
      }
    });
}

export interface ShowOptions {
  where?: string | undefined;
  order?: string | undefined;
  limit: number;
}

/** Rows of a table with its integers as numbers and everything else as MariaDB writes it. @throws TABLE_UNKNOWN */
export async function readRows(
  db: Database,
  schema: string,
  table: string,
  options: ShowOptions,
): Promise<Row[]> {
  const columns = await db.query(
    'SELECT column_name AS name, data_type AS type FROM information_schema.columns WHERE table_schema = ? AND table_name = ?',
    [schema, table],
  );
  if (columns.length === 0) throw await unknownTable(db, schema, table);
  const integers = new Set(
    columns.filter(({ type }) => String(type).endsWith('int')).map(({ name }) => String(name)),
  );
  const where = options.where ? ` WHERE ${options.where}` : '';
  const order = options.order ? ` ORDER BY ${options.order}` : '';
  const rows = await db.query(
    `SELECT * FROM ${identifier(schema, table)}${where}${order} LIMIT ${options.limit}`,
  );
  return rows.map((row) =>
    Object.fromEntries(
      Object.entries(row).map(([name, value]) => [name, integers.has(name) ? exactNumber(value) : value]),
    ),
  );
}

async function unknownTable(db: Database, schema: string, table: string): Promise<MillraceError> {
  const present = await db.query(
    'SELECT table_name AS name FROM information_schema.tables WHERE table_schema = ? ORDER BY 1',
    [schema],
  );
  const names = present.map(({ name }) => String(name));
  return new MillraceError(
    'TABLE_UNKNOWN',
    `There is no table or view '${table}' in ${schema}${alternatives(table, names)}`,
  );
}

function asJsonLines(rows: Row[]): string {
  return rows.map(asLine).join('');
}

export function asTable(rows: Row[]): string {
  const [first] = rows;
  if (!first) return '(no rows)\n';
  const headings = Object.keys(first);
  return renderTable(
    headings,
    rows.map((row) => headings.map((heading) => cell(row[heading]))),
  );
}

function cell(value: unknown): string {
  if (value === null || value === undefined) return '-';
  if (typeof value === 'number' && !Number.isInteger(value)) return String(Number(value.toFixed(4)));
  const text = typeof value === 'string' || typeof value === 'number' ? String(value) : JSON.stringify(value);
  return text.replace(/ (\d\d:\d\d):00\.000$/, ' $1').replaceAll('\n', ' ');
}

function exactNumber(value: unknown): unknown {
  const number = Number(value);
  return typeof value === 'string' && Number.isSafeInteger(number) ? number : value;
}
