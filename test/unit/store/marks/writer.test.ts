import { expect, test } from 'vitest';
import type { Database, Scalar } from '../../../../src/clients/mariadb.ts';
import { marksIn } from '../../../../src/store/marks/writer.ts';

/** A database that writes down what it is asked, and refuses while `isDown`. */
function recording(mark: string | null = null) {
  const statements: { sql: string; values: readonly Scalar[] }[] = [];
  const state = { isDown: false };
  const db: Database = {
    query: async () => (mark === null ? [] : [{ clean_offset: mark }]),
    select: async () => ({ columns: [], rows: [] }),
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

const START_MS = Date.parse('2026-03-01T07:00:00Z');
const QUARTER_MS = 900_000;
const names = { storeSchema: 'millrace_t_store' };
const clicks = (partition: number, incarnation = 'one') => ({ stream: 'clicks', incarnation, partition });

test('the last offset of each bucket is written, and the progress once nothing is missing', async () => {
  const { db, statements } = recording();
  const store = marksIn(db, names);
  const track = store.track(clicks(2), 0n);
  expect(await track.missingFrom()).toBeUndefined();
  track.note(START_MS, QUARTER_MS, 5);
  track.note(START_MS + QUARTER_MS, QUARTER_MS, 7);
  track.note(START_MS, QUARTER_MS, 6);
  // A finer calendar has come to read the stream.
  track.note(START_MS, 60_000, 8);
  track.advance(9n);
  await store.flush();
  const key = ['clicks', 'one', 2];
  expect(statements.map(({ values }) => values)).toEqual([
    [
      ...[...key, START_MS, QUARTER_MS, 6],
      ...[...key, START_MS + QUARTER_MS, QUARTER_MS, 7],
      ...[...key, START_MS, 60_000, 8],
    ],
    [...key, 9n],
  ]);
  expect(statements[0]?.sql).toContain('INSERT INTO `millrace_t_store`.`marks`');
  await store.flush();
  expect(statements, 'nothing new, nothing written').toHaveLength(2);
  await store.stop();
});

test('the progress stays where it is until the rebuild has closed the hole before it', async () => {
  const { db, statements } = recording('10');
  const store = marksIn(db, names);
  const track = store.track(clicks(0), 50n);
  expect(await track.missingFrom()).toBe(10n);
  track.note(START_MS, QUARTER_MS, 60);
  track.advance(61n);
  await store.flush();
  expect(statements).toHaveLength(1);
  track.completed();
  await store.flush();
  expect(statements.at(-1)?.values).toEqual(['clicks', 'one', 0, 61n]);
  await store.stop();
});

test('what could not be written is kept, and merged with what came after', async () => {
  const { db, statements, state } = recording('0');
  const store = marksIn(db, names);
  const track = store.track(clicks(0), 0n);
  track.note(START_MS, QUARTER_MS, 1);
  track.note(START_MS + QUARTER_MS, QUARTER_MS, 2);
  state.isDown = true;
  const failing = store.flush();
  // Notes come in while the statement is under way.
  await Promise.resolve();
  await Promise.resolve();
  track.note(START_MS, QUARTER_MS, 3);
  await expect(failing).rejects.toThrow('away');
  state.isDown = false;
  await store.flush();
  const offsets = statements.flatMap(({ values }) => [values[5], values[11]]);
  expect([...offsets].sort()).toEqual([2, 3]);
  await store.stop();
});

test('what is not written yet of one clean topic is not written for the one that replaces it', async () => {
  const { db, statements } = recording();
  const store = marksIn(db, names);
  store.track(clicks(0), 0n).note(START_MS, QUARTER_MS, 9);
  store.track(clicks(0, 'two'), 0n).note(START_MS, QUARTER_MS, 1);
  await store.flush();
  expect(statements.map(({ values }) => [values[1], values[5]])).toEqual([
    ['one', 9],
    ['two', 1],
  ]);
  await store.stop();
});
