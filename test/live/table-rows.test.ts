import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Definition } from '../../src/definition/definition.ts';
import { tableRows } from '../../src/load/table-rows.ts';
import { liveEnv, type LiveEnv } from '../support/live-env.ts';

let env: LiveEnv;

beforeAll(async () => {
  env = await liveEnv('table rows', {});
  await env.db.execute(
    `CREATE TABLE ${env.names.schema}.theirs (
       id BIGINT, name VARCHAR(20) CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci, price DECIMAL(10, 2), score DOUBLE,
       day DATE, seen DATETIME(3))`,
  );
  await env.db.execute(
    `INSERT INTO ${env.names.schema}.theirs VALUES (1, 'a', 10.00, 0.5, '2026-01-05', '2026-01-05 07:00:00.250'),
       (1, 'A', 10.00, 0.5, '2026-01-05', '2026-01-05 07:00:00.250'), (9007199254740993, NULL, NULL, NULL, NULL, NULL)`,
  );
});

afterAll(() => env.close());

it('rows of tables are as they stand there: exact, with times in UTC, and letters of two sizes apart', async () => {
  const theirs = { kind: 'external', name: 'theirs', fields: [] } as unknown as Definition;
  const read = (limit: number) =>
    tableRows(
      { db: env.db, names: env.names, definitionOf: async () => theirs },
      ['SELECT * FROM ', { read: 'theirs' }, ' ORDER BY id, name COLLATE utf8mb4_bin'],
      limit,
    );
  const rows = await read(10);
  const one = { id: 1, price: '10.00', score: 0.5, day: '2026-01-05', seen: '2026-01-05T07:00:00.250Z' };
  expect(rows).toHaveLength(3);
  expect(rows).toContainEqual({ ...one, name: 'a' });
  expect(rows).toContainEqual({ ...one, name: 'A' });
  const nothing = { name: null, price: null, score: null, day: null, seen: null };
  expect(rows).toContainEqual({ id: '9007199254740993', ...nothing });
  expect(await read(2)).toHaveLength(2);
});
