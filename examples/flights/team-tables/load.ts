import mysql, { type Connection, type RowDataPacket } from 'mysql2/promise';
import { z } from 'zod';
import { number, readSample, text } from '../sample/csv.ts';

export interface Login {
  host: string;
  port: number;
  user: string;
  password: string;
  /** The schema that holds the tables. */
  database: string;
}

export interface TeamTables {
  /** Is every row there? False, too, where the schema is missing. */
  areFilled(): Promise<boolean>;
  /**
   * Makes the tables that are lacking, in a schema that exists, and brings the files' rows into them: inserted, or
   * updated by their key. Rows that are not in the files stay.
   * @returns the rows that each table then holds
   */
  fill(): Promise<{ table: string; rows: number }[]>;
}

interface TeamTable {
  name: string;
  /** Column definitions in the order of the columns; the first column is the key. */
  columns: Record<string, string>;
  rows: () => Record<string, string | number | null>[];
}

const TABLES: TeamTable[] = [
  {
    name: 'airlines',
    columns: { carrier: 'VARCHAR(255) NOT NULL PRIMARY KEY', name: 'VARCHAR(255) NOT NULL' },
    rows: () => readSample('airlines.csv', z.object({ carrier: z.string(), name: z.string() })),
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
    rows: () =>
      readSample(
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

/** The team's own tables, airlines and planes, in a schema of MariaDB. */
export function teamTablesIn({ database, ...server }: Login): TeamTables {
  return {
    areFilled: () =>
      connected(server, async (connection) => {
        const names = TABLES.map(({ name }) => name);
        const [found] = await connection.query<RowDataPacket[]>(
          'SELECT table_name AS name FROM information_schema.tables WHERE table_schema = ? AND table_name IN (?)',
          [database, names],
        );
        if (found.length < names.length) return false;
        // The last one is filled last, and in one transaction.
        return (await rowsOf(connection, `${database}\`.\`${names.at(-1)}`)) > 0;
      }),
    fill: () =>
      connected({ ...server, database }, async (connection) => {
        const filled = [];
        for (const table of TABLES) filled.push({ table: table.name, rows: await fill(connection, table) });
        return filled;
      }),
  };
}

async function connected<T>(
  login: Omit<Login, 'database'> & Partial<Login>,
  work: (connection: Connection) => Promise<T>,
): Promise<T> {
  const connection = await mysql.createConnection({ ...login, charset: 'utf8mb4' });
  try {
    return await work(connection);
  } finally {
    await connection.end();
  }
}

async function fill(connection: Connection, { name, columns, rows }: TeamTable): Promise<number> {
  const definitions = Object.entries(columns).map(([column, type]) => `\`${column}\` ${type}`);
  await connection.query(
    `CREATE TABLE IF NOT EXISTS \`${name}\` (${definitions.join(', ')}) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin`,
  );

  const names = Object.keys(columns);
  const updates = names.slice(1).map((column) => `\`${column}\` = VALUES(\`${column}\`)`);
  const insert = `INSERT INTO \`${name}\` (${names.map((column) => `\`${column}\``).join(', ')}) VALUES ?
    ON DUPLICATE KEY UPDATE ${updates.join(', ')}`;
  const all = rows();
  await connection.beginTransaction();
  for (let start = 0; start < all.length; start += ROWS_PER_INSERT) {
    const batch = all.slice(start, start + ROWS_PER_INSERT);
    await connection.query(insert, [batch.map((row) => names.map((column) => row[column] ?? null))]);
  }
  await connection.commit();
  return rowsOf(connection, name);
}

async function rowsOf(connection: Connection, table: string): Promise<number> {
  const [counted] = await connection.query<RowDataPacket[]>(`SELECT COUNT(*) AS n FROM \`${table}\``);
  return Number(counted[0]?.['n']);
}
