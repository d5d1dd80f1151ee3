import { afterAll, beforeAll, expect, it } from 'vitest';
import { plan } from '../../src/apply/plan.ts';
import { WorkflowNotFoundError } from '../../src/clients/temporal.ts';
import type { Change } from '../../src/targets/target.ts';
import { millrace } from '../support/as-user.ts';
import { jsonVendor, type JsonVendor } from '../support/json-vendor.ts';
import { liveEnv, type LiveEnv } from '../support/live-env.ts';
import { outside } from '../support/outside.ts';
import { waitUntil } from '../support/wait-until.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const FORMER = '240 hours';

/** What the offset of each table is. Days, so that the hour at which the tests run decides nothing. */
const offsets = { shrunk: FORMER, resting: FORMER, killed: FORMER };
type Table = keyof typeof offsets;

let env: LiveEnv;
let vendor: JsonVendor;

const files = () => ({
  'days.ts': `import { every, pull, z } from 'millrace';${Object.entries(offsets)
    .map(
      ([name, offset]) => `
export const ${name} = pull('${name}', {
  every: every.day('UTC'), offset: '${offset}', time: 'at', key: ['at'],
  http: { url: '{VENDOR_URL}/', query: { from: '{start}' }, records: 'items' },
  row: z.object({ at: z.iso.datetime() }),
});`,
    )
    .join('')}`,
});

beforeAll(async () => {
  vendor = await jsonVendor((url) => ({ items: [{ at: url.searchParams.get('from') }] }));
  env = await liveEnv('offsets', files());
  await env.apply();
  await env.worker({ roles: 'live,bulk', variables: { VENDOR_URL: vendor.url } });
});

afterAll(async () => {
  await env.close();
  await vendor.close();
});

/** Writes the files anew, with another offset of one table. */
function define(table: Table, offset: string): void {
  offsets[table] = offset;
  env.define(files());
}

const planned = async () => (await plan({ ...env.config, pipelinesDir: env.folder() })).changes;
const changed = (changes: Change[]) => changes.filter(({ action }) => action !== 'unchanged');
const noteOf = (changes: Change[], table: Table) =>
  changes.find(({ system, object }) => system === 'temporal' && object === env.names.scheduleId(table))?.note;
const scheduleOf = (table: Table) => env.temporal.schedule.getHandle(env.names.scheduleId(table));
const instant = (ms: number) => new Date(ms).toISOString().replace('.000Z', 'Z');

/** The days whose slot was to come by the former offset and has come by the new one. */
function leftOut(hours: number): { starts: string[]; from: string; to: string } {
  const nowMs = Date.now();
  const first = Math.floor(nowMs / DAY_MS) * DAY_MS - 30 * DAY_MS;
  const starts = Array.from({ length: 31 }, (_, day) => first + day * DAY_MS).filter(
    (start) => start + DAY_MS + 240 * HOUR_MS > nowMs && start + DAY_MS + hours * HOUR_MS <= nowMs,
  );
  const to = instant((starts.at(-1) ?? 0) + DAY_MS);
  return { starts: starts.map(instant), from: instant(starts[0] ?? 0), to };
}

async function loadedStarts(table: Table): Promise<string[]> {
  const rows = await env.db.query(
    `SELECT interval_start FROM ${env.names.storeSchema}.ledger WHERE tbl = ? ORDER BY 1`,
    [table],
  );
  return rows.map((row) => `${String(row['interval_start']).replace(' ', 'T')}Z`);
}

async function untilLoaded(table: Table, starts: string[]): Promise<void> {
  let loaded: string[] = [];
  const isLoaded = async () => (loaded = await loadedStarts(table)).length >= starts.length;
  await waitUntil(isLoaded, { timeoutMs: 60_000, saw: () => loaded });
  expect(loaded).toEqual(starts);
}

/** Temporal's id of the newest run of a backfill; undefined: none was started. */
async function runOf(workflowId: string): Promise<string | undefined> {
  try {
    return (await env.temporal.workflow.getHandle(workflowId).describe()).runId;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return undefined;
    throw error;
  }
}

it('the days that a smaller offset leaves to no slot are loaded by a backfill that apply starts, and names', async () => {
  const { starts, from, to } = leftOut(24);
  const backfill = env.names.backfillId('shrunk', from, to);
  define('shrunk', '24 hours');
  const said = noteOf(await planned(), 'shrunk');
  expect(said).toContain(`9 intervals`);
  expect(said).toContain(backfill);
  expect(await runOf(backfill), 'a plan starts nothing').toBeUndefined();
  const changes = await env.apply();
  expect(noteOf(changes, 'shrunk')).toBe(said);
  expect(changed(changes).map(({ system, object }) => `${system} ${object}`)).toEqual([
    'catalogue pull shrunk',
    `temporal ${env.names.scheduleId('shrunk')}`,
  ]);
  await untilLoaded('shrunk', starts);
  expect(vendor.requests).toHaveLength(starts.length);
});

it('another apply, with nothing changed, starts nothing and writes nothing', async () => {
  const { from, to } = leftOut(24);
  const backfill = env.names.backfillId('shrunk', from, to);
  const seen = async () => ({
    servers: await outside(env),
    schedule: (await scheduleOf('shrunk').describe()).info.lastUpdatedAt,
    run: await runOf(backfill),
  });
  const before = await seen();
  expect(changed(await env.apply())).toEqual([]);
  expect(await seen()).toEqual(before);
});

it('where all that a smaller offset leaves out is loaded, nothing is started or said', async () => {
  const { from, to } = leftOut(24);
  const backfill = env.names.backfillId('shrunk', from, to);
  const run = await runOf(backfill);
  define('shrunk', FORMER);
  expect(noteOf(await env.apply(), 'shrunk')).toBeUndefined();
  define('shrunk', '24 hours');
  expect(noteOf(await env.apply(), 'shrunk')).toBeUndefined();
  expect(await runOf(backfill)).toBe(run);
});

it('of a paused schedule nothing is loaded: apply says what is left out, and the command that loads it', async () => {
  const { from, to } = leftOut(24);
  const schedule = scheduleOf('resting');
  await schedule.pause('holidays');
  await waitUntil(async () => (await schedule.describe()).state.paused, { timeoutMs: 10_000 });
  define('resting', '24 hours');
  const said = noteOf(await env.apply(), 'resting');
  expect(said).toMatch(/9 intervals.*paused/);
  expect(said).toContain(`npx millrace backfill resting --from ${from} --to ${to}`);
  expect(await runOf(env.names.backfillId('resting', from, to))).toBeUndefined();
  expect((await schedule.describe()).state).toMatchObject({ paused: true, note: 'holidays' });
  expect(await loadedStarts('resting')).toEqual([]);
});

it('an apply that is killed as it would start the backfill is followed by one that starts it', async () => {
  const { starts, from, to } = leftOut(30);
  const backfill = env.names.backfillId('killed', from, to);
  define('killed', '30 hours');
  const { code } = await millrace(['apply', '--env', env.names.env], {
    MILLRACE_PIPELINES: env.folder(),
    MILLRACE_SUPERSET_URL: '',
    NODE_OPTIONS: `--import ${new URL('../support/killed-at-call.mjs?StartWorkflowExecution', import.meta.url).href}`,
  });
  expect(code, 'it was killed').toBeNull();
  const schedule = await scheduleOf('killed').describe();
  expect(schedule.spec.intervals, 'the schedule has the new offset').toEqual([
    { every: DAY_MS, offset: 6 * HOUR_MS },
  ]);
  expect(await runOf(backfill)).toBeUndefined();
  expect(noteOf(await env.apply(), 'killed')).toContain(backfill);
  await untilLoaded('killed', starts);
  expect(changed(await env.apply())).toEqual([]);
});
