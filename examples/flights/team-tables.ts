import { parseArgs } from 'node:util';
import mysql, { type Connection, type RowDataPacket } from 'mysql2/promise';
import { z } from 'zod';
import { number, readSample, text } from './sample/csv.ts';

const USAGE = `The team's own tables: loads airlines and planes into a MariaDB schema that exists. Safe to repeat.

  MARIADB_PASSWORD=... tsx examples/flights/team-tables.ts --database <schema> --user <user>
      [--host 127.0.0.1] [--port 3306]

Each flag may come as MARIADB_DATABASE, MARIADB_USER, MARIADB_HOST, MARIADB_PORT instead; the password only so.
Rows are inserted, or updated by their key; rows that are not in the files stay. Prints one line of JSON per table.`;

const SETTINGS = z.object({
  host: z.string().default('127.0.0.1'),
  port: z.coerce.number().int().min(1).max(65_535).default(3306),
  user: z.string({ error: '--user is missing' }),
  database: z.string({ error: '--database is missing' }),
  password: z.string().default(''),
});

interface TeamTable {
  name: string;
  /** Column definitions in the order of the columns; the first column is the key. */
  columns: Record<string, string>;
  rows: Record<string, string | number | null>[];
}

const TABLES: TeamTable[] = [
  {
    name: 'airlines',
    columns: { carrier: 'VARCHAR(255) NOT NULL PRIMARY KEY', name: 'VARCHAR(255) NOT NULL' },
    rows: readSample('airlines.csv', z.object({ carrier: z.string(), name: z.string() })),
  },
  {
    name: 'planes',
    columns: {
      tailnum: 'VARCHAR(255) NOT NULL PRIMARY KEY',
      year: 'INT',
      type: 'VARCHAR(255)',
      manufacturer: 'VARCHAR(255)',
      model: 'VARCHAR(255)',
      engines: 'INT',
      seats: 'INT',
      speed: 'INT',
      engine: 'VARCHAR(255)',
    },
    rows: readSample(
      'planes.csv',
      z.object({
        tailnum: z.string(),
        year: number,
        type: text,
        manufacturer: text,
        model: text,
        engines: number,
        seats: number,
        speed: number,
        engine: text,
      }),
    ),
  },
];

const ROWS_PER_INSERT = 1_000;

const { values } = parseArgs({
  options: {
    host: { type: 'string' },
    port: { type: 'string' },
    user: { type: 'string' },
    database: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) {
  console.log(USAGE);
  process.exit(0);
}
const settings = SETTINGS.safeParse({
  host: values.host ?? process.env['MARIADB_HOST'],
  port: values.port ?? process.env['MARIADB_PORT'],
  user: values.user ?? process.env['MARIADB_USER'],
  database: values.database ?? process.env['MARIADB_DATABASE'],
  password: process.env['MARIADB_PASSWORD'],
});
if (!settings.success) {
  console.error(`${z.prettifyError(settings.error)}\n\n${USAGE}`);
  process.exit(2);
}

try {
  const connection = await mysql.createConnection({ ...settings.data, charset: 'utf8mb4' });
  try {
    for (const table of TABLES) {
      console.log(JSON.stringify({ table: table.name, rows: await load(connection, table) }));
    }
  } finally {
    await connection.end();
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

/** Creates the table where it is lacking and brings the file's rows into it. Returns the rows it then holds. */
async function load(connection: Connection, { name, columns, rows }: TeamTable): Promise<number> {
  const definitions = Object.entries(columns).map(([column, type]) => `\`${column}\` ${type}`);
  await connection.query(
    `CREATE TABLE IF NOT EXISTS \`${name}\` (${definitions.join(', ')}) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin`,
  );

  const names = Object.keys(columns);
  const updates = names.slice(1).map((column) => `\`${column}\` = VALUES(\`${column}\`)`);
  const insert = `INSERT INTO \`${name}\` (${names.map((column) => `\`${column}\``).join(', ')}) VALUES ?
    ON DUPLICATE KEY UPDATE ${updates.join(', ')}`;
  await connection.beginTransaction();
  for (let start = 0; start < rows.length; start += ROWS_PER_INSERT) {
    const batch = rows.slice(start, start + ROWS_PER_INSERT);
    await connection.query(insert, [batch.map((row) => names.map((column) => row[column] ?? null))]);
  }
  await connection.commit();

  const [counted] = await connection.query<RowDataPacket[]>(`SELECT COUNT(*) AS n FROM \`${name}\``);
  return Number(counted[0]?.['n']);
}
