import { expect, test } from 'vitest';
import type { Database, Scalar } from '../../../src/clients/mariadb.ts';
import { positionsIn } from '../../../src/store/positions.ts';

/** A database that writes down what it is asked, and refuses while `isDown`. */
function recording(mark: string | null = null) {
  const statements: { sql: string; values: readonly Scalar[] }[] = [];
  const state = { isDown: false };
  const db: Database = {
    query: async () => (mark === null ? [] : [{ clean_offset: mark }]),
    async execute(sql, values = []) {
      if (state.isDown) throw new Error('MariaDB is away');
      statements.push({ sql: sql.replace(/\s+/g, ' '), values });
      return { affectedRows: 1, insertId: 0 };
    },
    transaction: (work) => work(db),
    close: async () => undefined,
  };
  return { db, statements, state };
}

const HOUR_MS = Date.parse('2026-03-01T07:00:00Z');
const names = { storeSchema: 'millrace_t_store' };

test('the last offset of each hour is written, and the mark once nothing is missing', async () => {
  const { db, statements } = recording();
  const store = positionsIn(db, names);
  const track = store.track('clicks', 2, 0n);
  expect(await track.missingFrom()).toBeUndefined();
  track.note(HOUR_MS, 5);
  track.note(HOUR_MS + 3_600_000, 7);
  track.note(HOUR_MS, 6);
  track.advance(8n);
  await store.flush();
  expect(statements.map(({ values }) => values)).toEqual([
    ['clicks', 2, '2026-03-01 07:00:00', 6, 'clicks', 2, '2026-03-01 08:00:00', 7],
    ['clicks', 2, 8n],
  ]);
  expect(statements[0]?.sql).toContain('INSERT INTO `millrace_t_store`.`positions`');
  await store.flush();
  expect(statements, 'nothing new, nothing written').toHaveLength(2);
  await store.stop();
});

test('the mark stays where it is until the rebuild has closed the hole before it', async () => {
  const { db, statements } = recording('10');
  const store = positionsIn(db, names);
  const track = store.track('clicks', 0, 50n);
  expect(await track.missingFrom()).toBe(10n);
  track.note(HOUR_MS, 60);
  track.advance(61n);
  await store.flush();
  expect(statements).toHaveLength(1);
  track.completed();
  await store.flush();
  expect(statements.at(-1)?.values).toEqual(['clicks', 0, 61n]);
  await store.stop();
});

test('what could not be written is kept, and merged with what came after', async () => {
  const { db, statements, state } = recording('0');
  const store = positionsIn(db, names);
  const track = store.track('clicks', 0, 0n);
  track.note(HOUR_MS, 1);
  state.isDown = true;
  await expect(store.flush()).rejects.toThrow('away');
  track.note(HOUR_MS + 3_600_000, 3);
  state.isDown = false;
  await store.flush();
  expect(statements[0]?.values).toEqual([
    'clicks',
    0,
    '2026-03-01 07:00:00',
    1,
    'clicks',
    0,
    '2026-03-01 08:00:00',
    3,
  ]);
  await store.stop();
});
