import { parseArgs } from 'node:util';
import { z } from 'zod';
import { teamTablesIn } from './team-tables/load.ts';

const USAGE = `The team's own tables: loads airlines and planes into a MariaDB schema that exists. Safe to repeat.

  MARIADB_PASSWORD=... tsx team-tables.ts --database <schema> --user <user> [--host 127.0.0.1] [--port 3306]

Each flag may come as MARIADB_DATABASE, MARIADB_USER, MARIADB_HOST, MARIADB_PORT instead; the password only so.
Rows are inserted, or updated by their key; rows that are not in the files stay. Prints one line of JSON per table.`;

const SETTINGS = z.object({
  host: z.string().default('127.0.0.1'),
  port: z.coerce.number().int().min(1).max(65_535).default(3306),
  user: z.string({ error: '--user is missing' }),
  database: z.string({ error: '--database is missing' }),
  password: z.string().default(''),
});

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
  for (const filled of await teamTablesIn(settings.data).fill()) console.log(JSON.stringify(filled));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
