import { afterAll, beforeAll, expect, it } from 'vitest';
import { hashesOf } from '../../src/apply/hashes.ts';
import type { Definition } from '../../src/definition/definition.ts';
import { GOLDEN } from '../golden/definitions.ts';
import before from '../golden/store-0.1.0.json' with { type: 'json' };
import { READINGS } from '../support/definitions.ts';
import { liveEnv, type LiveEnv } from '../support/live-env.ts';

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
