import { expect, test } from 'vitest';
import type { Database, Row } from '../../../src/clients/mariadb.ts';
import { namesFor } from '../../../src/names.ts';
import { readObjects } from '../../../src/store/objects.ts';

const store = (rows: Row[]): Database => ({
  query: async (sql) => (sql.startsWith('SELECT 1') ? [{}] : rows),
  select: async () => ({ columns: [], rows: [] }),
  execute: async () => ({ affectedRows: 0, insertId: 0 }),
  transaction: () => Promise.reject(new Error('nothing is written')),
  close: async () => undefined,
});

test('a supervisor that was recorded without its kind is read with it, before the store is migrated', async () => {
  const rows = ['dev_old_v1', 'supervisor dev_new_v1', 'datasource dev_kept_v1'].map((object) => {
    return { system: 'druid', object, hash: 'h', made: null };
  });
  const read = await readObjects(
    store([...rows, { system: 'kafka', object: 'dev.a.raw', hash: 'h' }]),
    namesFor('dev'),
  );
  expect([...(read?.get('druid')?.keys() ?? [])]).toEqual([
    'supervisor dev_old_v1',
    'supervisor dev_new_v1',
    'datasource dev_kept_v1',
  ]);
  expect([...(read?.get('kafka')?.keys() ?? [])]).toEqual(['dev.a.raw']);
});
