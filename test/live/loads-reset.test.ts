import { defineSearchAttributeKey } from '@temporalio/common';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LoadReport } from '../../src/load/messages.ts';
import { READINGS } from '../support/definitions.ts';
import { failureOf } from '../support/failure.ts';
import { jsonVendor, type Answer, type JsonVendor } from '../support/json-vendor.ts';
import { liveEnv, type LiveEnv } from '../support/live-env.ts';
import { temporalCli } from '../support/temporal-cli.ts';

/** `temporal workflow reset` copies a run's history up to a point, and goes on from there under a new run id. */
const POINTS = ['its first task', 'its staging', 'its check', 'its swap', 'its last task'] as const;
type Point = (typeof POINTS)[number];

const REFUSED: Answer = { status: 404, body: '{}' };

let env: LiveEnv;
let vendor: JsonVendor;
let answers: Answer[];
let hour = 0;

beforeAll(async () => {
  vendor = await jsonVendor(() => (answers.length > 1 ? answers.shift()! : answers[0]!));
  env = await liveEnv('loads-reset', { 'readings.ts': READINGS });
  await env.apply();
  await env.worker({ roles: 'live', variables: { VENDOR_URL: vendor.url } });
});

afterAll(async () => {
  await env.close();
  await vendor.close();
});

/** An interval that no other test loads, and the run that may load it. */
function nextInterval() {
  const start = new Date(Date.parse('2026-01-05T00:00:00Z') + hour++ * 3_600_000);
  const text = (date: Date) => date.toISOString().replace('.000Z', 'Z');
  const end = text(new Date(start.getTime() + 3_600_000));
  return { start: text(start), workflowId: env.names.workflowId('readings', end) };
}

async function run(workflowId: string, interval: string): Promise<LoadReport> {
  const handle = await env.temporal.workflow.start('refresh', {
    workflowId,
    taskQueue: env.names.taskQueue('live'),
    args: [{ table: 'readings', interval }],
  });
  return (await handle.result()) as LoadReport;
}

/** Resets a run as a person would, and waits for what becomes of it. */
async function reset(workflowId: string, point: Point): Promise<LoadReport> {
  const to =
    point === 'its first task'
      ? ['--type', 'FirstWorkflowTask']
      : point === 'its last task'
        ? ['--type', 'LastWorkflowTask']
        : ['--event-id', await taskBefore(workflowId, point.replace('its ', '').replace('staging', 'stage'))];
  await temporalCli(env.config, 'workflow', 'reset', '-w', workflowId, '--reason', 'by a test', ...to);
  return (await env.temporal.workflow.getHandle(workflowId).result()) as LoadReport;
}

/** The id of the end of the workflow task that scheduled an activity: a reset to it schedules that again. */
async function taskBefore(workflowId: string, activity: string): Promise<string> {
  const { events } = await env.temporal.workflow.getHandle(workflowId).fetchHistory();
  const scheduled = events?.find(
    ({ activityTaskScheduledEventAttributes: of }) => of?.activityType?.name === activity,
  );
  return String(scheduled?.activityTaskScheduledEventAttributes?.workflowTaskCompletedEventId);
}

const reading = (start: string, value: number) => ({ items: [{ hour: start, sensor: 'a', value }] });

async function valuesAt(start: string): Promise<unknown[]> {
  const rows = await env.db.query(
    `SELECT value FROM ${env.names.schema}.readings WHERE _interval_start = ?`,
    [start.replace('T', ' ').replace('Z', '')],
  );
  return rows.map(({ value }) => value);
}

describe('a run that loaded is another load when it is reset, and brings the numbers of now:', () => {
  it.each(POINTS)('to %s', async (point) => {
    const { start, workflowId } = nextInterval();
    answers = [reading(start, 1)];
    const first = await run(workflowId, start);
    expect(await valuesAt(start)).toEqual([1]);
    answers = [reading(start, 2)];
    const again = await reset(workflowId, point);
    expect(await valuesAt(start)).toEqual([2]);
    expect(BigInt(again.loadId)).toBeGreaterThan(BigInt(first.loadId));
    const [row] = await env.db.query(
      `SELECT load_id, loads FROM ${env.names.storeSchema}.ledger WHERE workflow_id = ?`,
      [workflowId],
    );
    expect(row?.['load_id']).toBe(again.loadId);
  });
});

describe('a run that failed after some tries loads when it is reset, once the cause is mended:', () => {
  it.each(['its first task', 'its staging', 'its last task'] as const)('to %s', async (point) => {
    const { start, workflowId } = nextInterval();
    answers = [{ status: 503, body: '{}' }, { status: 503, body: '{}' }, REFUSED];
    expect((await failureOf(run(workflowId, start))).type).toBe('HTTP_REFUSED');
    answers = [reading(start, 3)];
    expect(await reset(workflowId, point)).toMatchObject({ rows: 1 });
    expect(await valuesAt(start)).toEqual([3]);
  });

  it('and fails by name where it is not', async () => {
    const { start, workflowId } = nextInterval();
    answers = [REFUSED];
    expect((await failureOf(run(workflowId, start))).type).toBe('HTTP_REFUSED');
    expect((await failureOf(reset(workflowId, 'its staging'))).type).toBe('HTTP_REFUSED');
  });
});

it('a run that a schedule started loads the interval of its slot again when it is reset, not another', async () => {
  const { start, workflowId } = nextInterval();
  const slot = defineSearchAttributeKey('TemporalScheduledStartTime', 'DATETIME');
  answers = [reading(start, 1)];
  const handle = await env.temporal.workflow.start('refresh', {
    workflowId,
    taskQueue: env.names.taskQueue('live'),
    args: [{ table: 'readings', trigger: 'schedule' }],
    typedSearchAttributes: [{ key: slot, value: new Date(Date.parse(start) + 3_600_000) }],
  });
  await handle.result();
  answers = [reading(start, 2)];
  expect(await reset(workflowId, 'its last task')).toMatchObject({ interval: { start } });
  expect(await valuesAt(start)).toEqual([2]);
});

it('a run that only waits for the one that loads has it load again when it is reset', async () => {
  const { start, workflowId } = nextInterval();
  answers = [reading(start, 1)];
  const byHand = await env.start({ table: 'readings', interval: start });
  await byHand.result();
  answers = [reading(start, 2)];
  await reset(byHand.workflowId, 'its last task');
  expect(await valuesAt(start)).toEqual([2]);
  expect((await env.temporal.workflow.getHandle(workflowId).describe()).status.name).toBe('COMPLETED');
});
