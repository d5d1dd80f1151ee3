import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import axios from 'axios';
import { createConnection } from 'mysql2/promise';
import type { VendorRow } from './rows.ts';

/**
 * The pull that somebody writes by hand in an hour: one page after the other, one statement of all its rows, the same page
 * again after a 429. It checks nothing, and a reader sees half of it while it runs.
 */

/** As millrace makes them for the same definition. */
const COLUMNS = `id BIGINT NOT NULL PRIMARY KEY, ref TEXT NOT NULL, at DATETIME(3) NOT NULL, amount DECIMAL(12,2) NOT NULL,
  quantity BIGINT NOT NULL, customer TEXT NOT NULL, note TEXT NULL, is_paid TINYINT(1) NOT NULL`;

interface Told {
  url: string;
  rows: number;
  table: string;
  mariadb: { host: string; port: number; user: string; password: string; schema: string };
}

interface Page {
  items: VendorRow[];
  pages: number;
}

const input = createInterface(process.stdin)[Symbol.asyncIterator]();
const told = JSON.parse(String((await input.next()).value)) as Told;
const { schema: database, ...login } = told.mariadb;
const connection = await createConnection({ ...login, database, charset: 'utf8mb4', timezone: 'Z' });
await connection.query(`CREATE TABLE ${told.table} (${COLUMNS})`);
process.stdout.write('ready\n');

await input.next();
for (let page = 1, pages = 1; page <= pages; page++) {
  const body = await pageOf(page);
  pages = body.pages;
  const rows = body.items.map(({ id, ref, at, amount, quantity, customer, note, is_paid }) => [
    id,
    ref,
    at.replace('T', ' ').replace('Z', ''),
    amount,
    quantity,
    customer.name,
    note,
    is_paid,
  ]);
  await connection.query(
    `INSERT INTO ${told.table} (id, ref, at, amount, quantity, customer, note, is_paid) VALUES ?`,
    [rows],
  );
}
process.stdout.write('done\n');

await input.next();
await connection.end();

async function pageOf(page: number): Promise<Page> {
  for (;;) {
    const answer = await axios.get<Page>(`${told.url}/orders`, {
      params: { page, per_page: told.rows },
      validateStatus: (status) => status === 200 || status === 429,
    });
    if (answer.status === 200) return answer.data;
    await sleep(1_000 * Number(answer.headers['retry-after']));
  }
}
