import { afterAll, beforeAll, expect, it } from 'vitest';
import { hashesOf } from '../../src/apply/hashes.ts';
import { connectMariaDb } from '../../src/clients/mariadb.ts';
import type { Definition } from '../../src/definition/definition.ts';
import { catalogueIn } from '../../src/store/catalogue.ts';
import { ledgerIn } from '../../src/store/ledger.ts';
import { GOLDEN } from '../golden/definitions.ts';
import before from '../golden/store-0.1.0.json' with { type: 'json' };
import { READINGS } from '../support/definitions.ts';
import { liveEnv, type LiveEnv } from '../support/live-env.ts';
import { waitUntil } from '../support/wait-until.ts';

const HOUR = '2026-01-05 07:00:00';

let env: LiveEnv;

beforeAll(async () => {
  env = await liveEnv('upgrade', { 'readings.ts': READINGS });
  for (const { hash, data_hash, kind, name, definition } of before) {
    await env.db.execute(
      `INSERT INTO ${env.names.storeSchema}.catalogue (hash, data_hash, kind, name, definition, added_at)
       VALUES (?, ?, ?, ?, ?, UTC_TIMESTAMP(3))`,
      [hash, data_hash, kind, name, JSON.stringify(definition)],
    );
    await env.db.execute(
      `INSERT INTO ${env.names.storeSchema}.ledger
         (tbl, interval_start, interval_end, load_id, staged_rows, definition_hash, data_hash, started_by, workflow_id,
          positions, loads, loaded_at)
       VALUES (?, ?, ? + INTERVAL 1 HOUR, 1, 24, ?, ?, 'schedule', 'w', '{}', 1, UTC_TIMESTAMP(3))`,
      [name, HOUR, HOUR, hash, data_hash],
    );
  }
});

afterAll(() => env.close());

it('a store of the version before is carried over by one apply: nothing counts as loaded under another definition', async () => {
  await env.apply();
  const loaded = await env.db.query(
    `SELECT tbl, data_hash FROM ${env.names.storeSchema}.ledger ORDER BY tbl`,
  );
  const now = GOLDEN.map(({ name, definition }) => ({
    tbl: name,
    data_hash: hashesOf(definition as Definition).dataHash,
  }));
  expect(loaded).toEqual(now.sort((a, b) => (a.tbl < b.tbl ? -1 : 1)));
  const known = await env.db.query(`SELECT name, data_hash FROM ${env.names.storeSchema}.catalogue`);
  for (const { tbl, data_hash } of now) expect(known).toContainEqual({ name: tbl, data_hash });
});

it('a load of the version before that ended after the upgrade counts as loaded under its definition, by the next apply', async () => {
  const { storeSchema: store } = env.names;
  const [loaded] = await env.db.query(`SELECT tbl, data_hash FROM ${store}.ledger ORDER BY tbl LIMIT 1`);
  const table = String(loaded?.['tbl']);
  await env.db.execute(`UPDATE ${store}.ledger SET data_hash = ? WHERE tbl = ?`, ['0'.repeat(64), table]);
  await env.apply();
  expect(await env.db.query(`SELECT data_hash FROM ${store}.ledger WHERE tbl = ?`, [table])).toEqual([
    { data_hash: loaded?.['data_hash'] },
  ]);
});

it('an upgrade waits for a swap that has read the data hash of the version before, and carries its row over', async () => {
  const { names, db } = env;
  const { storeSchema: store } = names;
  const { hash } = await catalogueIn(db, names).byName('readings');
  const admin = connectMariaDb(env.config.mariadb, env.config.mariadb.admin, { connections: 1 });
  const interval = { start: '2026-01-05T09:00:00Z', end: '2026-01-05T10:00:00Z' };
  let carried: Promise<number> | undefined;
  await db.transaction(async (tx) => {
    const dataHash = await catalogueIn(db, names).holdDataHash(tx, hash);
    carried = catalogueIn(admin, names).carryOver((definition) => upgraded(hashesOf(definition).dataHash));
    const isWaiting = async () => {
      const [row] = await db.query(
        "SELECT COUNT(*) AS n FROM information_schema.processlist WHERE info LIKE ? AND state <> ''",
        [`UPDATE%${store}%catalogue%`],
      );
      return Number(row?.['n']) > 0;
    };
    await waitUntil(isWaiting, { timeoutMs: 20_000 });
    await ledgerIn(db, names).record(
      tx,
      {
        table: 'readings',
        interval,
        loadId: '9',
        definitionHash: hash,
        trigger: 'schedule',
        workflowId: 'w',
      },
      { rows: 1, dataHash, positions: {} },
    );
  });
  await carried;
  await admin.close();
  const rows = await db.query(
    `SELECT l.data_hash = c.data_hash AS same FROM ${store}.ledger l JOIN ${store}.catalogue c ON c.hash = l.definition_hash`,
  );
  expect(rows.map((row) => Number(row['same']))).toEqual(rows.map(() => 1));
});

/** The data hash that another version would make. */
function upgraded(dataHash: string): string {
  return dataHash.split('').reverse().join('');
}

it('a staging table of the version before, with rows of a load that is under way, gets its key, and keeps them', async () => {
  const { db, names } = env;
  const stage = `${names.storeSchema}.${names.stagingTable('readings')}`;
  await db.execute(`ALTER TABLE ${stage} DROP PRIMARY KEY, DROP COLUMN _row_id, ADD KEY _load_id (_load_id)`);
  await db.execute(
    `INSERT INTO ${stage} (hour, sensor, value, _load_id) VALUES (?, 'a', 1, 7), (?, 'a', 1, 7), (NULL, NULL, NULL, 8)`,
    [HOUR, HOUR],
  );
  await env.apply();
  const keys = await db.query(
    `SELECT index_name AS name, column_name AS col FROM information_schema.statistics
     WHERE table_schema = ? AND table_name = ? ORDER BY 1, seq_in_index`,
    [names.storeSchema, names.stagingTable('readings')],
  );
  expect(keys).toEqual([
    { name: 'PRIMARY', col: '_load_id' },
    { name: 'PRIMARY', col: '_row_id' },
  ]);
  const [rows] = await db.query(
    `SELECT COUNT(*) AS n, COUNT(DISTINCT _row_id) AS different, SUM(_load_id) AS loads FROM ${stage}`,
  );
  expect(rows).toEqual({ n: '3', different: '3', loads: '22' });
  expect(new Set((await env.apply()).map(({ action }) => action))).toEqual(new Set(['unchanged']));
  await db.execute(`DELETE FROM ${stage}`);
});
