import { setTimeout as sleep } from 'node:timers/promises';
import { createConnection } from 'mysql2/promise';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectMariaDb } from '../../src/clients/mariadb.ts';
import type { Login } from '../../src/config.ts';
import { READINGS } from '../support/definitions.ts';
import { type DirectLoads, vendorEnv } from '../support/direct-load.ts';
import type { LiveEnv } from '../support/live-env.ts';

const SEVEN = '2026-01-05T07:00:00Z';
const WIDER = READINGS.replace('value: z', 'unit: z.string().nullable(), value: z');
/** Longer than any wait for a lock may be. */
const PATIENCE_MS = 40_000;

let env: LiveEnv;
let loads: DirectLoads;
let close: () => Promise<void>;

beforeAll(async () => {
  ({ env, loads, close } = await vendorEnv('locks', { 'readings.ts': READINGS }, () => ({
    items: [{ hour: SEVEN, sensor: 'a', unit: 'C', value: 1 }],
  })));
});

afterAll(() => close());

const session = (login: Login) => connectMariaDb(env.config.mariadb, login, { connections: 1 });

/** What it failed with, and after how long; a wait without an end is a failure of its own. */
async function refused(work: Promise<unknown>): Promise<{ code: string; message: string; tookMs: number }> {
  const began = Date.now();
  const endless = sleep(PATIENCE_MS).then(() => 'it still waits');
  const ended = await Promise.race([work.then(() => 'it came through'), endless]).catch(
    (error: Error & { code?: string; type?: string }) => error,
  );
  const tookMs = Date.now() - began;
  if (typeof ended === 'string') return { code: ended, message: ended, tookMs };
  return { code: ended.code ?? ended.type ?? ended.name, message: ended.message, tookMs };
}

describe('apply behind a reader that forgot to end its transaction', () => {
  it('gives up within seconds, says which session it was and what to do; charts go on, and so does apply', async () => {
    // Not by our client: what this process opened and leaves idle is known to hold nothing.
    const { host, port, reader: login } = env.config.mariadb;
    const reader = await createConnection({ host, port, ...login });
    const chart = session(env.config.mariadb.reader);
    const count = `SELECT COUNT(*) AS n FROM ${env.names.schema}.readings`;
    try {
      await reader.query('START TRANSACTION');
      await reader.query(count);
      env.define({ 'readings.ts': WIDER });
      const applying = refused(env.apply());
      await sleep(1_000);
      const began = Date.now();
      const charted = chart.query(count).then(() => Date.now() - began);
      const { code, message, tookMs } = await applying;
      expect(code).toBe('MARIADB_LOCKED');
      const id = reader.threadId;
      expect(message).toMatch(/ALTER TABLE/);
      expect(message).toMatch(new RegExp(`session ${id} \\(${login.user} at .*idle for \\d+ s\\)`));
      expect(message).toContain(`KILL ${id}`);
      expect(tookMs).toBeLessThan(25_000);
      expect(await charted, 'the chart waited no longer than apply').toBeLessThan(25_000);
      await reader.query('COMMIT');
      await env.apply();
      const [column] = await env.db.query(
        "SELECT 1 FROM information_schema.columns WHERE table_schema = ? AND column_name = 'unit' AND table_name = 'readings'",
        [env.names.schema],
      );
      expect(column).toBeDefined();
    } finally {
      await Promise.all([reader.end(), chart.close()]);
    }
  });
});

describe('a load behind a table that somebody locked', () => {
  it('fails by that name within seconds, for a later try, and the table keeps its rows', async () => {
    await loads.load('readings', SEVEN);
    const locker = session(env.config.mariadb.admin);
    try {
      await locker.execute(`LOCK TABLES ${env.names.schema}.readings WRITE`);
      const load = await loads.begin('readings', SEVEN);
      const staged = await loads.stage(load);
      const { code, message, tookMs } = await refused(loads.swap(load, staged));
      expect(code).toBe('MARIADB_LOCKED');
      expect(message).toMatch(/SHOW FULL PROCESSLIST/);
      expect(tookMs).toBeLessThan(35_000);
      await locker.execute('UNLOCK TABLES');
      expect(await loads.swap(load, staged)).toMatchObject({ rows: 1, replacedRows: 1 });
    } finally {
      await locker.close();
    }
  });
});
