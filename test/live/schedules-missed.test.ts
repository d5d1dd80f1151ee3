import { afterAll, beforeAll, expect, it } from 'vitest';
import { startBackfill } from '../../src/schedules/runs.ts';
import { jsonVendor, type JsonVendor } from '../support/json-vendor.ts';
import { liveEnv, type LiveEnv } from '../support/live-env.ts';
import { waitUntil } from '../support/wait-until.ts';

const MINUTE_MS = 60_000;

const minutely = (name: string) => `
export const ${name} = pull('${name}', {
  every: every.minutes(1), time: 'at', key: ['at'],
  http: { url: '{VENDOR_URL}/', query: { from: '{start}' }, records: 'items' },
  row: z.object({ at: z.iso.datetime() }),
});
`;

let env: LiveEnv;
let vendor: JsonVendor;
/** A slot that came while one table's schedule was paused and no worker ran. */
let slot: string;

beforeAll(async () => {
  vendor = await jsonVendor((url) => ({ items: [{ at: url.searchParams.get('from') }] }));
  const tables = [minutely('waited'), minutely('held')].join('');
  env = await liveEnv('missed slots', { 'x.ts': `import { every, pull, z } from 'millrace';${tables}` });
  await env.apply();
  await held().pause('holidays');
  await waitUntil(async () => (await held().describe()).state.paused, { timeoutMs: 10_000 });
  slot = await firstSlotAfter(Date.now(), 'waited');
  await held().unpause();
  await env.worker({ roles: 'live,bulk', variables: { VENDOR_URL: vendor.url } });
}, 180_000);

afterAll(async () => {
  await env.close();
  await vendor.close();
});

const held = () => env.temporal.schedule.getHandle(env.names.scheduleId('held'));
const intervalOf = (of: string) => new Date(Date.parse(of) - MINUTE_MS).toISOString().replace('.000Z', 'Z');

/** Waits for the first run that a schedule starts after that time. @returns its slot */
async function firstSlotAfter(timeMs: number, table: string): Promise<string> {
  const begin = env.names.workflowId(table, '');
  let found: string | undefined;
  await waitUntil(
    async () => {
      for await (const { workflowId } of env.temporal.workflow.list({
        query: `WorkflowId STARTS_WITH '${begin}'`,
      })) {
        const started = workflowId.slice(begin.length);
        if (Date.parse(started) > timeMs) found = started;
      }
      return found !== undefined;
    },
    { timeoutMs: 90_000, everyMs: 500 },
  );
  return found ?? '';
}

async function loadedStarts(table: string): Promise<string[]> {
  const rows = await env.db.query(
    `SELECT interval_start FROM ${env.names.storeSchema}.ledger WHERE tbl = ? ORDER BY 1`,
    [table],
  );
  return rows.map((row) => `${String(row['interval_start']).replace(' ', 'T')}Z`);
}

it('a slot that came while no worker ran is loaded by the first worker that comes', async () => {
  await waitUntil(async () => (await loadedStarts('waited')).includes(intervalOf(slot)), {
    timeoutMs: 30_000,
    saw: () => slot,
  });
});

it('a slot that came during a pause is not made up for when the pause ends, and the next one comes', async () => {
  const later = async () => (await loadedStarts('held')).some((start) => start > intervalOf(slot));
  await waitUntil(later, { timeoutMs: 90_000, everyMs: 500, saw: () => slot });
  expect(await loadedStarts('held')).not.toContain(intervalOf(slot));
});

it('what a pause left out is loaded by a backfill of what is missing', async () => {
  const input = { table: 'held', from: intervalOf(slot), to: slot };
  const handle = await startBackfill(env.temporal, env.names, input);
  expect(await handle.result()).toMatchObject({ intervals: 1, loaded: 1, rows: 1 });
  expect(await loadedStarts('held')).toContain(intervalOf(slot));
});
