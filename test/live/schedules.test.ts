import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { redactionOf } from '../../src/redaction/index.ts';
import { createActivities, type ActivityDeps } from '../../src/activities/index.ts';
import { connectTemporal, type TemporalClient } from '../../src/clients/temporal.ts';
import { startBackfill } from '../../src/schedules/runs.ts';
import { lastCompleteInterval, slotOf } from '../../src/definition/calendar.ts';
import type { BackfillInput, BackfillReport, LoadReport } from '../../src/load/messages.ts';
import { READINGS } from '../support/definitions.ts';
import { failureOf } from '../support/failure.ts';
import { jsonVendor, type Answer, type JsonVendor } from '../support/json-vendor.ts';
import { liveEnv, type LiveEnv } from '../support/live-env.ts';
import { temporalCli } from '../support/temporal-cli.ts';
import { waitUntil } from '../support/wait-until.ts';

const TICKS = `
import { every, pull, z } from 'millrace';
export const ticks = pull('ticks', {
  every: every.minutes(1), time: 'at', key: ['at'],
  http: { url: '{VENDOR_URL}/ticks', query: { from: '{start}', to: '{end}' }, records: 'items' },
  row: z.object({ at: z.iso.datetime() }),
});
`;

let env: LiveEnv;
let vendor: JsonVendor;
/** Starts of the intervals that the vendor was asked for, without the ticks. */
let asked: string[] = [];
let answer: (hour: string) => Answer | Promise<Answer>;
let appliedAt: number;

const oneReading = (hour: string): Answer => ({ items: [{ hour, sensor: 'a', value: 1 }] });

beforeAll(async () => {
  vendor = await jsonVendor((url) => {
    const from = url.searchParams.get('from') ?? '';
    if (url.pathname === '/ticks') return { items: [{ at: from }] };
    asked.push(from);
    return answer(from);
  });
  env = await liveEnv('schedules', { 'ticks.ts': TICKS, 'readings.ts': READINGS });
  await env.worker({ roles: 'live,bulk', variables: { VENDOR_URL: vendor.url } });
  await env.apply();
  appliedAt = Date.now();
});

beforeEach(() => {
  asked = [];
  answer = oneReading;
});

afterAll(async () => {
  await env.close();
  await vendor.close();
});

const ledgerOf = (table: string) =>
  env.db.query(
    `SELECT interval_start, interval_end, started_by, workflow_id, loads, staged_rows FROM ${env.names.storeSchema}.ledger WHERE tbl = ? ORDER BY 1`,
    [table],
  );
const atHour = (day: string, hour: number) => `${day}T${String(hour).padStart(2, '0')}:00:00Z`;

async function backfill(input: BackfillInput): Promise<BackfillReport> {
  const handle = await env.temporal.workflow.start('backfill', {
    workflowId: `${env.names.backfillId(input.table, input.from, input.to)}-${Date.now()}`,
    taskQueue: env.names.taskQueue('bulk'),
    args: [input],
  });
  return handle.result() as Promise<BackfillReport>;
}

describe("Temporal's own command line", () => {
  it('triggers a schedule: the last complete interval is loaded under its one id', async () => {
    const before = Date.now();
    await temporalCli(env.config, 'schedule', 'trigger', '--schedule-id', env.names.scheduleId('readings'));
    await waitUntil(async () => (await ledgerOf('readings')).length > 0, { timeoutMs: 30_000 });
    const [row] = await ledgerOf('readings');
    const interval = lastCompleteInterval({ kind: 'hour' }, 0, new Date(before));
    const canonical = env.names.workflowId('readings', slotOf(interval, 0));
    expect(row).toMatchObject({ workflow_id: canonical, loads: 1, staged_rows: '1' });
    expect(`${String(row?.['interval_start']).replace(' ', 'T')}Z`).toBe(interval.start);
    const { raw } = await env.temporal.workflow.getHandle(canonical).describe();
    const parent = raw.workflowExecutionInfo?.parentExecution?.workflowId ?? '';
    expect(parent, 'it is the child of the run that was triggered').toMatch(
      `${env.names.scheduleId('readings')}-20`,
    );
    expect(parent).not.toBe(canonical);
  });

  it('starts a load with one line of JSON, and the run shows what it did', async () => {
    const interval = '2026-01-05T07:00:00Z';
    const byHand = `${env.names.env}/by-a-person`;
    await start('refresh', byHand, 'live', { table: 'readings', interval });
    await env.temporal.workflow.getHandle(byHand).result();
    const canonical = env.temporal.workflow.getHandle(
      env.names.workflowId('readings', '2026-01-05T08:00:00Z'),
    );
    const shown = await canonical.describe();
    expect(shown.status.name).toBe('COMPLETED');
    expect(shown.searchAttributes).toMatchObject({
      TableName: ['readings'],
      IntervalStart: [new Date(interval)],
      IntervalEnd: [new Date('2026-01-05T08:00:00Z')],
      TriggerKind: ['manual'],
      Rows: [1],
    });
    expect(await shown.staticSummary()).toBe(`readings ${interval}`);
    const metadata = await canonical.query<{ currentDetails?: string }>('__temporal_workflow_metadata');
    expect(metadata.currentDetails).toMatch(
      /\*\*readings\*\* 2026-01-05T07:00:00Z → 2026-01-05T08:00:00Z \(manual\)/,
    );
    expect(metadata.currentDetails).toMatch(/\*\*1 rows\*\* loaded \(0 before\) as load \d+/);
    const described = await temporalCli(
      env.config,
      'workflow',
      'describe',
      '-w',
      canonical.workflowId,
      '-o',
      'json',
    );
    expect(Object.keys(searchAttributesIn(described))).toEqual(
      expect.arrayContaining(['TableName', 'IntervalStart', 'TriggerKind', 'Rows']),
    );
  });

  it('starts a backfill with one line of JSON', async () => {
    const byHand = `${env.names.env}/backfill-by-a-person`;
    const input = { table: 'readings', from: '2026-01-20T00:00:00Z', to: '2026-01-20T03:00:00Z' };
    await start('backfill', byHand, 'bulk', input);
    expect(await env.temporal.workflow.getHandle(byHand).result()).toMatchObject({
      intervals: 3,
      loaded: 3,
      rows: 3,
    });
  });

  it.each([
    ['refresh', 'live', { table: 'nobody' }, 'TABLE_UNKNOWN'],
    ['backfill', 'bulk', { table: 'readings' }, 'INPUT_INVALID'],
    [
      'backfill',
      'bulk',
      { table: 'readings', from: '2026-01-02T00:00:00Z', to: '2026-01-01T00:00:00Z' },
      'INPUT_INVALID',
    ],
  ] as const)('a %s on %s with %j fails at once as %s', async (type, queue, input, code) => {
    const byHand = `${env.names.env}/wrong-${Date.now()}`;
    await start(type, byHand, queue, input);
    expect((await failureOf(env.temporal.workflow.getHandle(byHand).result())).type).toBe(code);
  });
});

async function start(type: string, workflowId: string, queue: 'live' | 'bulk', input: object): Promise<void> {
  const what = ['--type', type, '--workflow-id', workflowId, '--task-queue', env.names.taskQueue(queue)];
  await temporalCli(env.config, 'workflow', 'start', ...what, '--input', JSON.stringify(input));
}

function searchAttributesIn(described: string): object {
  const parsed = JSON.parse(described) as {
    workflowExecutionInfo?: { searchAttributes?: { indexedFields?: object } };
  };
  return parsed.workflowExecutionInfo?.searchAttributes?.indexedFields ?? {};
}

describe('a backfill', () => {
  const from = '2026-02-01T00:00:00Z';
  const to = '2026-02-02T06:00:00Z';
  const all = Array.from({ length: 30 }, (_, hour) =>
    new Date(Date.parse(from) + hour * 3_600_000).toISOString().replace('.000Z', 'Z'),
  );

  it('of 30 intervals loads exactly those that are missing, the newest first', async () => {
    const present = all.slice(10, 15);
    for (const interval of present) await (await env.start({ table: 'readings', interval })).result();
    asked = [];
    const report = await backfill({ table: 'readings', from, to, concurrency: 1 });
    expect(report).toMatchObject({ intervals: 25, loaded: 25, failed: 0, rows: 25 });
    expect(asked).toEqual(all.filter((hour) => !present.includes(hour)).reverse());
  });

  it('run again loads none', async () => {
    expect(await backfill({ table: 'readings', from, to })).toMatchObject({ intervals: 0, loaded: 0 });
    expect(asked).toEqual([]);
  });

  it('that reprocesses all loads every interval once more', async () => {
    expect(await backfill({ table: 'readings', from, to, reprocess: 'all' })).toMatchObject({
      loaded: 30,
      rows: 30,
    });
    expect(asked.toSorted()).toEqual(all);
    const rows = await ledgerOf('readings');
    const ofRange = rows.filter(({ interval_start: start }) => String(start).startsWith('2026-02-0'));
    expect(ofRange.map(({ loads }) => loads)).toEqual(Array.from({ length: 30 }, () => 2));
    expect(new Set(ofRange.map(({ started_by: by }) => by))).toEqual(new Set(['backfill']));
  });

  it('that reprocesses all is another than the one of what is missing, which may be running', async () => {
    const day = '2026-02-10T00:00:00Z';
    let release = () => undefined as void;
    const held = new Promise<void>((resolve) => (release = resolve));
    answer = async (hour) => {
      await held;
      return oneReading(hour);
    };
    const input = { table: 'readings', from: day, to: '2026-02-10T02:00:00Z', concurrency: 1 };
    const missing = await startBackfill(env.temporal, env.names, input);
    await waitUntil(() => asked.length === 1, { timeoutMs: 20_000, saw: () => asked });
    const again = await startBackfill(env.temporal, env.names, { ...input, reprocess: 'missing' });
    const all = await startBackfill(env.temporal, env.names, { ...input, reprocess: 'all' });
    release();
    expect(again.firstExecutionRunId, 'the same one is joined').toBe(missing.firstExecutionRunId);
    expect(await missing.result()).toMatchObject({ loaded: 2 });
    expect(await all.result()).toMatchObject({ intervals: 2, loaded: 2 });
    const later = await startBackfill(env.temporal, env.names, { ...input, reprocess: 'all' });
    expect(await later.result()).toMatchObject({ intervals: 2, loaded: 2 });
    expect(later.workflowId).toBe(all.workflowId);
  });

  it('with intervals that fail ends failed, names them, and has loaded the rest; run again it loads those', async () => {
    const range = { table: 'readings', from: '2026-03-01T00:00:00Z', to: '2026-03-01T10:00:00Z' };
    const bad = [atHour('2026-03-01', 2), atHour('2026-03-01', 7)];
    answer = (hour) =>
      bad.includes(hour) ? { status: 400, body: '{"error":"no such hour"}' } : oneReading(hour);
    const failure = await failureOf(backfill(range));
    expect(failure.type).toBe('BACKFILL_INCOMPLETE');
    expect(failure.message).toMatch(/^2 of 10 intervals of readings failed:/);
    for (const hour of bad) expect(failure.message).toMatch(new RegExp(`${hour}: .*answered 400`));
    const loaded = (await ledgerOf('readings')).filter(({ interval_start: start }) =>
      String(start).startsWith('2026-03-01'),
    );
    expect(loaded).toHaveLength(8);
    answer = oneReading;
    asked = [];
    expect(await backfill(range)).toMatchObject({ loaded: 2 });
    expect(asked.toSorted()).toEqual(bad);
  });
});

it('a run that is running already is waited for, by people and backfills alike, not run twice', async () => {
  const interval = '2026-04-01T05:00:00Z';
  let release = () => undefined as void;
  const held = new Promise<void>((resolve) => (release = resolve));
  answer = async (hour) => {
    await held;
    return oneReading(hour);
  };
  const first = await env.start({ table: 'readings', interval });
  await waitUntil(() => asked.length === 1, { timeoutMs: 20_000, saw: () => asked });
  const second = await env.start({ table: 'readings', interval });
  const filling = backfill({ table: 'readings', from: interval, to: '2026-04-01T06:00:00Z' });
  await waitUntil(async () => (await waitingRuns()) === 2, {
    timeoutMs: 20_000,
    saw: () => 'no two waiting runs',
  });
  release();
  const reports: LoadReport[] = await Promise.all([first.result(), second.result()]);
  expect(reports[1]).toEqual(reports[0]);
  expect(await filling).toMatchObject({ loaded: 1, rows: 1 });
  expect(asked).toEqual([interval]);
  const rows = await ledgerOf('readings');
  expect(rows.find(({ workflow_id: id }) => String(id).endsWith('2026-04-01T06:00:00Z'))).toMatchObject({
    loads: 1,
  });
});

it('a try that waits for a run leaves no question at Temporal behind', async () => {
  const interval = '2026-04-02T05:00:00Z';
  let release = () => undefined as void;
  const held = new Promise<void>((resolve) => (release = resolve));
  answer = async (hour) => {
    await held;
    return oneReading(hour);
  };
  const run = await env.start({ table: 'readings', interval });
  await waitUntil(() => asked.length === 1, { timeoutMs: 20_000, saw: () => asked });
  const temporal = await connectTemporal(env.config);
  const open = openRequests(temporal);
  const quiet = new MockActivityEnvironment(undefined, { logger: new DefaultLogger('ERROR') });
  const deps = { temporal, redaction: redactionOf([]), names: env.names, runLog: { note: () => undefined } };
  const { awaitRun } = createActivities(deps as unknown as ActivityDeps);
  const tryOnce = () => quiet.run(awaitRun, run.workflowId);
  expect((await failureOf(tryOnce())).type).toBe('RUN_NOT_DONE');
  expect(open.now).toBe(0);
  release();
  await run.result();
  expect(open.total, 'it did ask').toBeGreaterThan(1);
  expect(await tryOnce()).toMatchObject({ rows: 1 });
  await temporal.connection.close();
});

/** Counts what a client asks of Temporal. */
function openRequests({ workflowService }: TemporalClient) {
  const open = { now: 0, total: 0 };
  for (const method of ['describeWorkflowExecution', 'getWorkflowExecutionHistory'] as const) {
    const ask = workflowService[method].bind(workflowService) as unknown as (
      request: object,
    ) => Promise<never>;
    vi.spyOn(workflowService, method).mockImplementation((request: object) => {
      open.now++;
      open.total++;
      return ask(request).finally(() => open.now--);
    });
  }
  return open;
}

/** Runs of this env that wait for a run which somebody else started. */
async function waitingRuns(): Promise<number> {
  let count = 0;
  const query = `WorkflowId STARTS_WITH '${env.names.env}/' AND ExecutionStatus = 'Running'`;
  for await (const { workflowId } of env.temporal.workflow.list({ query })) {
    const { raw } = await env.temporal.workflow.getHandle(workflowId).describe();
    if (raw.pendingActivities?.some(({ activityType }) => activityType?.name === 'awaitRun')) count++;
  }
  return count;
}

it('a scheduled run starts at its own slot, under its one id, and loads exactly the interval of that slot', async () => {
  const ofSchedule = async () => (await ledgerOf('ticks')).filter(({ started_by: by }) => by === 'schedule');
  await waitUntil(async () => (await ofSchedule()).length > 0, { timeoutMs: 130_000, saw: () => 'no tick' });
  const [row] = await ofSchedule();
  const instant = (text: unknown) => `${String(text).replace(' ', 'T')}Z`;
  const [start, slot] = [instant(row?.['interval_start']), instant(row?.['interval_end'])];
  expect(Date.parse(slot) - Date.parse(start)).toBe(60_000);
  expect(row?.['workflow_id']).toBe(env.names.workflowId('ticks', slot));
  const run = await env.temporal.workflow.getHandle(env.names.workflowId('ticks', slot)).describe();
  expect(run.searchAttributes['TemporalScheduledStartTime']?.[0]).toEqual(new Date(slot));
  expect(Date.parse(slot), 'it is no slot from before the schedule was').toBeGreaterThan(appliedAt - 60_000);
  expect(run.startTime.getTime() - Date.parse(slot)).toBeLessThan(10_000);
  expect(run.startTime.getTime(), 'never before its slot').toBeGreaterThanOrEqual(Date.parse(slot));
  expect(vendor.requests.map(({ search }) => search)).toContain(`?from=${start}&to=${slot}`);
  const rows = await env.db.query(`SELECT at FROM ${env.names.schema}.ticks`);
  expect(rows.map(({ at }) => String(at))).toContain(start.replace('T', ' ').replace('Z', '.000'));
}, 150_000);
