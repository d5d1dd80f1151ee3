import { afterAll, beforeAll, expect, it } from 'vitest';
import { runLogIn, type RunLine } from '../../src/store/run-log.ts';
import { liveEnv, type LiveEnv } from '../support/live-env.ts';

/** The log of runs in the real store: what it takes, what it drops, what it forgets. */

let env: LiveEnv;

beforeAll(async () => {
  env = await liveEnv('run log', {});
});

afterAll(() => env.close());

const START = '2026-01-30T00:00:00Z';

const line = (text: string, more: Partial<RunLine> = {}): RunLine => ({
  ...{ workflowId: 'dev/rates-x', runId: 'r1', table: 'rates', intervalStart: START, step: 'stage' },
  ...{ tryNumber: 1, level: 'info', at: new Date().toISOString(), line: text },
  ...more,
});

async function textsOf(table: string): Promise<string[]> {
  const lines = await runLogIn(env.db, env.names).linesOf({ workflowId: '-', table, intervalStart: START });
  return lines.map((one) => one.line);
}

it('a line that MariaDB refuses is counted as lost, and keeps no other out', async () => {
  const log = runLogIn(env.db, env.names);
  log.note(line('before', { table: 'refused' }));
  log.note(line('out of range', { table: 'refused', tryNumber: 2 ** 40 }));
  log.note(line('after', { table: 'refused' }));
  expect(await log.flush()).toBe(1);
  expect(await textsOf('refused')).toEqual(['before', 'after']);
  expect(await log.flush()).toBe(0);
});

it('what is too long for its column is cut, with a sign', async () => {
  const log = runLogIn(env.db, env.names);
  log.note(line('😀'.repeat(5_000), { table: 'long', workflowId: 'w'.repeat(1_000), step: 's'.repeat(100) }));
  log.note(line('kept', { table: 't'.repeat(100) }));
  expect(await log.flush()).toBe(0);
  const [text = ''] = await textsOf('long');
  expect([text.length, text.at(-1)]).toEqual([4_000, '…']);
});

it('where the store lacks the table, what is pending waits for it', async () => {
  const elsewhere = runLogIn(env.db, { storeSchema: env.names.schema });
  elsewhere.note(line('waits'));
  await expect(elsewhere.flush()).rejects.toMatchObject({ code: 'MARIADB_REFUSED' });
  await env.db.execute(`CREATE TABLE ${env.names.schema}.run_log LIKE ${env.names.storeSchema}.run_log`);
  expect(await elsewhere.flush()).toBe(0);
  const [row] = await env.db.query(`SELECT line FROM ${env.names.schema}.run_log`);
  expect(row).toEqual({ line: 'waits' });
});

it('old lines are forgotten, newer ones are not', async () => {
  const log = runLogIn(env.db, env.names);
  const daysAgo = (days: number) => ({ at: new Date(Date.now() - days * 86_400_000).toISOString() });
  log.note(line('old', { table: 'aged', ...daysAgo(31) }));
  log.note(line('new', { table: 'aged', ...daysAgo(29) }));
  await log.flush();
  await log.forget();
  expect(await textsOf('aged')).toEqual(['new']);
});
