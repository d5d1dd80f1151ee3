import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { connectMariaDb } from '../../src/clients/mariadb.ts';
import { READINGS } from '../support/definitions.ts';
import { type DirectLoads, vendorEnv } from '../support/direct-load.ts';
import { failureOf } from '../support/failure.ts';
import type { Answer, JsonVendor } from '../support/json-vendor.ts';
import type { LiveEnv } from '../support/live-env.ts';
import { pendingFailure } from '../support/pending-failure.ts';
import { waitUntil } from '../support/wait-until.ts';

const FIVE = '2026-01-05T05:00:00Z';
const SIX = '2026-01-05T06:00:00Z';
const SEVEN = '2026-01-05T07:00:00Z';
const EIGHT = '2026-01-05T08:00:00Z';

let env: LiveEnv;
let vendor: JsonVendor;
let loads: DirectLoads;
let close: () => Promise<void>;
let answer: (url: URL) => Answer | Promise<Answer>;

beforeAll(async () => {
  ({ env, vendor, loads, close } = await vendorEnv('loads-leftovers', { 'readings.ts': READINGS }, (url) =>
    answer(url),
  ));
});

afterAll(() => close());

beforeEach(() => {
  answer = (url) => ({ items: readings(3, url.searchParams.get('from') ?? '') });
});

const readings = (count: number, hour: string) =>
  Array.from({ length: count }, (_, index) => ({ hour, sensor: `s${index}`, value: 1 }));
const store = () => env.names.storeSchema;
const stagedOf = async (loadId: string) => {
  const [row] = await env.db.query(`SELECT COUNT(*) AS n FROM ${store()}.stage_readings WHERE _load_id = ?`, [
    loadId,
  ]);
  return Number(row?.['n']);
};

describe('the clean-up after a swap', () => {
  it('blocks no other load, older or newer, however long it takes', async () => {
    // Beside many rows of others MariaDB looks its own up by their load, and locks what lies between two loads.
    answer = () => ({ items: readings(300, FIVE) });
    await loads.stage(await loads.begin('readings', FIVE));
    answer = (url) => ({ items: readings(3, url.searchParams.get('from') ?? '') });
    const older = await loads.begin('readings', SIX);
    const swapped = await loads.begin('readings', SEVEN);
    const newer = await loads.begin('readings', EIGHT);
    const staged = await loads.stage(swapped);
    const gate = connectMariaDb(env.config.mariadb, env.config.mariadb.admin, { connections: 1 });
    await gate.query('SELECT GET_LOCK(?, 1)', [env.names.env]);
    await env.db.execute(
      `CREATE TRIGGER ${store()}.slowly BEFORE DELETE ON ${store()}.stage_readings
         FOR EACH ROW DO GET_LOCK('${env.names.env}', 20)`,
    );
    try {
      const swapping = loads.swap(swapped, staged);
      await waitUntil(isAtTheGate, { timeoutMs: 10_000 });
      const began = Date.now();
      await Promise.all([loads.stage(older), loads.stage(newer)]);
      expect(Date.now() - began, 'milliseconds').toBeLessThan(5_000);
      await gate.query('SELECT RELEASE_LOCK(?)', [env.names.env]);
      await swapping;
    } finally {
      await gate.close();
      await env.db.execute(`DROP TRIGGER ${store()}.slowly`);
    }
    const left = [older, swapped, newer].map(({ loadId }) => stagedOf(loadId));
    expect(await Promise.all(left)).toEqual([3, 0, 3]);
  });

  /** A trigger runs as the one who made it: apply's login sees it, not the worker's. */
  async function isAtTheGate(): Promise<boolean> {
    const rows = await env.db.query(
      "SELECT 1 FROM information_schema.processlist WHERE state = 'User lock' AND info LIKE ?",
      [`%${env.names.env}%`],
    );
    return rows.length > 0;
  }

  it('takes a bounded part of the rows at a time', async () => {
    answer = () => ({ items: readings(12_000, SEVEN) });
    const load = await loads.begin('readings', SEVEN);
    const staged = await loads.stage(load);
    const executed = vi.spyOn(loads.deps.db, 'execute');
    await loads.swap(load, staged);
    const removed = await Promise.all(
      executed.mock.calls.flatMap(([sql], call) => {
        const result = executed.mock.results[call];
        const isRemoval = /^DELETE FROM \S+stage_readings/.test(sql) && result?.type === 'return';
        return isRemoval ? [result.value] : [];
      }),
    );
    executed.mockRestore();
    expect(removed.map(({ affectedRows }) => affectedRows)).toEqual([5_000, 5_000, 2_000]);
    expect(await stagedOf(load.loadId)).toBe(0);
  });
});

describe('what a run left in the staging table that can not go on', () => {
  const pageOf = (hour: string, sensor: string, next: string | null) => ({
    items: [{ hour, sensor, value: 1 }],
    next,
  });
  /** One page, then whatever stands in the way of that interval. */
  const afterOnePage = (obstacles: Record<string, Answer>) => (url: URL) => {
    const from = url.searchParams.get('from') ?? '';
    return url.searchParams.has('after') ? obstacles[from]! : pageOf(from, 'a', 'more');
  };

  async function startRun(start: string) {
    const end = new Date(Date.parse(start) + 3_600_000).toISOString().replace('.000Z', 'Z');
    return env.temporal.workflow.start('refresh', {
      workflowId: env.names.workflowId('readings', end),
      taskQueue: env.names.taskQueue('live'),
      args: [{ table: 'readings', interval: start }],
    });
  }

  const loadOf = async ({ workflowId }: { workflowId: string }) => {
    const [row] = await env.db.query(`SELECT id FROM ${store()}.loads WHERE run_key LIKE ?`, [
      `${workflowId}/%`,
    ]);
    return String(row?.['id']);
  };
  const progressOf = async (loadId: string) => (await loads.deps.loads.progressOf(loadId))?.pages;

  it('is swept by a worker as it starts; that of a run which still tries is kept', async () => {
    answer = afterOnePage({
      [SIX]: { status: 404, body: '{}' },
      [SEVEN]: { status: 503, body: '{}' },
    });
    const variables = { VENDOR_URL: vendor.url };
    await env.worker({ roles: 'live', variables });
    const [failed, trying] = [await startRun(SIX), await startRun(SEVEN)];
    expect((await failureOf(failed.result())).type).toBe('HTTP_REFUSED');
    await pendingFailure.of(env, trying.workflowId);
    const [dead, alive] = [await loadOf(failed), await loadOf(trying)];
    expect(await Promise.all([stagedOf(dead), stagedOf(alive)])).toEqual([1, 1]);
    await env.worker({ roles: 'live', variables });
    await waitUntil(async () => (await stagedOf(dead)) === 0, { timeoutMs: 10_000 });
    expect(await progressOf(dead)).toBeUndefined();
    expect(await stagedOf(alive)).toBe(1);
    expect(await progressOf(alive)).toBe(1);
    answer = (url) => pageOf(url.searchParams.get('from') ?? '', 'b', null);
    expect(await trying.result()).toMatchObject({ rows: 2 });
  });
});
