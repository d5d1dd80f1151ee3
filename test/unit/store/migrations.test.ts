import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import type { Database, Row } from '../../../src/clients/mariadb.ts';
import { migrate } from '../../../src/store/migrate.ts';
import { MIGRATIONS } from '../../../src/store/migrations.ts';

/** The steps that have run somewhere, by their checksum: a step is added below, none is ever edited. */
const RAN = [
  'a9b7c94bb464',
  '07ce11b6ad72',
  'b743b91415bc',
  'd9fa76243ebf',
  'cd2225a146ca',
  'c5f51766ae9b',
  'ca07b5e3a5f9',
];

const checksum = (statements: string[]) => createHash('sha256').update(statements.join('\n')).digest('hex');

/** A server that has been through these steps, and writes down what it is told. */
function server(ran: Row[]) {
  const statements: string[] = [];
  const db: Database = {
    query: async () => ran,
    select: async () => ({ columns: [], rows: [] }),
    execute: async (sql) => {
      statements.push(sql);
      return { affectedRows: 0, insertId: 0 };
    },
    transaction: (work) => work(db),
    close: async () => undefined,
  };
  return { db, statements };
}

const all = MIGRATIONS.map(({ id, statements }) => ({ id, checksum: checksum(statements) }));

it('steps that ran are never edited, and new ones are added at the end', () => {
  expect(MIGRATIONS.map(({ id }) => id)).toEqual(MIGRATIONS.map((_, index) => index + 1));
  expect(all.slice(0, RAN.length).map((step) => step.checksum.slice(0, 12))).toEqual(RAN);
});

it('a new store goes through all steps, in its own schema and no other', async () => {
  const { db, statements } = server([]);
  expect(await migrate(db, 'millrace_t_store')).toEqual(MIGRATIONS.map(({ name }) => name));
  for (const statement of statements) expect(statement).toMatch(/^[A-Z ]+`millrace_t_store`/);
  expect(statements.filter((statement) => statement.includes('{'))).toEqual([]);
});

it('a store that is up to date is left alone', async () => {
  const { db, statements } = server(all);
  expect(await migrate(db, 'millrace_t_store')).toEqual([]);
  expect(statements.filter((statement) => !statement.includes('IF NOT EXISTS'))).toEqual([]);
});

it.each([
  [
    'a step that this version does not know',
    [...all, { id: 99, checksum: 'x' }],
    /migration 99, which this millrace does not know/,
  ],
  [
    'a step in another form',
    [{ id: 1, checksum: 'x' }],
    /migration 1, which this millrace knows in another form/,
  ],
])('a store that has been through %s is not touched', async (_what, ran, says) => {
  const { db, statements } = server(ran);
  await expect(migrate(db, 'millrace_t_store')).rejects.toThrow(says);
  expect(statements.filter((statement) => !statement.includes('IF NOT EXISTS'))).toEqual([]);
});
