import { execFileSync } from 'node:child_process';
import type { ScheduleDescription } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readStatus, type Status } from '../../src/cli/status/read-status.ts';
import { millrace } from '../support/as-user.ts';
import { ORDERS, READINGS } from '../support/definitions.ts';
import { jsonVendor } from '../support/json-vendor.ts';
import { liveEnv, type LiveEnv } from '../support/live-env.ts';
import { waitUntil } from '../support/wait-until.ts';
import type { WorkerProcess } from '../support/worker-process.ts';

let env: LiveEnv;
let worker: WorkerProcess;

beforeAll(async () => {
  env = await liveEnv('status', { 'orders.ts': ORDERS });
  await env.apply();
});

afterAll(() => env.close());

/** What status says of an env, wherever its servers run: those of another home are none of this machine's. */
const statusOf = (of: LiveEnv) => readStatus({ ...of.config, homeDir: of.folder() });

/** Waits until the stream is in this state. @returns all that the status says by then */
async function statusOnce(state: string): Promise<Status> {
  let status: Status | undefined;
  await waitUntil(
    async () => {
      status = await statusOf(env);
      return status.streams[0]?.state === state;
    },
    { timeoutMs: 40_000, saw: () => JSON.stringify(status?.streams) },
  );
  return status ?? { servers: [], streams: [], tables: [], problems: [] };
}

it('a stream that nobody consumes is a problem, and says what to do', async () => {
  expect((await statusOnce('no worker')).problems).toEqual([
    expect.stringMatching(/^stream orders: no worker .* Start one: 'npx millrace worker --env t\w+'/),
  ]);
});

it('a stream whose consumer runs says so', async () => {
  worker = await env.worker();
  expect((await statusOnce('running')).problems).toEqual([]);
});

it('a stream whose topic is gone says what stands in its way', async () => {
  const topic = env.names.rawTopic({ name: 'orders' });
  await env.kafka.deleteTopics([topic]);
  const { problems } = await statusOnce('waiting');
  expect(problems.join('\n')).toMatch(/^stream orders: TOPIC_UNREADABLE: /m);
  expect(problems.join('\n')).toContain(topic);
});

it('a worker that was told to stop no longer counts', async () => {
  await worker.kill('SIGTERM');
  await statusOnce('no worker');
});

it('intervals whose newest run failed are named with cause and remedy, until each is loaded', async () => {
  let status = 404;
  const vendor = await jsonVendor((url) =>
    status === 200
      ? { items: [{ hour: url.searchParams.get('from'), sensor: 'a', value: 1 }], next: null }
      : { status, body: '{}' },
  );
  const pulls = await liveEnv('status: failed run', { 'readings.ts': READINGS });
  const run = async (hour: string) => {
    const { result } = await pulls.start({ table: 'readings', interval: `2026-01-05T${hour}:00:00Z` });
    await result().catch(() => undefined);
  };
  const problemsAre = async (expected: unknown[]) => {
    let seen: string[] = [];
    await waitUntil(
      async () => {
        seen = (await statusOf(pulls)).problems;
        return seen.length === expected.length;
      },
      { timeoutMs: 20_000, saw: () => seen },
    );
    expect(seen).toEqual(expected);
  };
  try {
    await pulls.apply();
    await pulls.worker({ variables: { VENDOR_URL: vendor.url } });
    await run('06');
    await run('07');
    const place = encodeURIComponent(pulls.names.workflowId('readings', '2026-01-05T08:00:00Z'));
    const cause = 'HTTP_REFUSED: .* answered 404.*';
    const again = `Once that is mended: 'npx millrace run readings@2026-01-05T07:00:00Z --env ${pulls.names.env}'`;
    await problemsAre([
      expect.stringMatching(
        `^table readings: 2 intervals failed, .* \\(2026-01-05T07:00:00Z, 2026-01-05T06:00:00Z\\); the newest: ${cause} ${again}, and so each\\. In Temporal: http.*${place}`,
      ),
    ]);
    status = 200;
    // Another interval that succeeds heals neither.
    await run('05');
    await run('06');
    await problemsAre([
      expect.stringMatching(
        `^table readings: the load of 2026-01-05T07:00:00Z failed, .*: ${cause} ${again}\\.`,
      ),
    ]);
    await run('07');
    await problemsAre([]);
  } finally {
    await pulls.close();
    await vendor.close();
  }
});

it('a run that is tried again is named with what stops it, and no longer once it goes on', async () => {
  let isAway = true;
  const vendor = await jsonVendor((url) =>
    isAway
      ? { status: 503, body: '{}' }
      : { items: [{ hour: url.searchParams.get('from'), sensor: 'a', value: 1 }], next: null },
  );
  const pulls = await liveEnv('status: stuck run', { 'readings.ts': READINGS });
  try {
    await pulls.apply();
    await pulls.worker({ variables: { VENDOR_URL: vendor.url } });
    const { result } = await pulls.start({ table: 'readings', interval: '2026-01-05T07:00:00Z' });
    const id = pulls.names.workflowId('readings', '2026-01-05T08:00:00Z');
    let seen: string[] = [];
    await waitUntil(async () => (seen = (await statusOf(pulls)).problems).length > 0, {
      timeoutMs: 20_000,
      saw: () => 'no problem',
    });
    expect(seen).toEqual([
      expect.stringMatching(
        `^run ${id}: stage is tried again after HTTP_STATUS: .*\\. In Temporal: http\\S*$`,
      ),
    ]);
    isAway = false;
    await result();
    expect((await statusOf(pulls)).problems).toEqual([]);
  } finally {
    await pulls.close();
    await vendor.close();
  }
});

it('a run that no worker takes is named', async () => {
  const alone = await liveEnv('status: no worker', { 'readings.ts': READINGS });
  try {
    await alone.apply();
    const { workflowId } = await alone.start({ table: 'readings', interval: '2026-01-05T07:00:00Z' });
    let seen: string[] = [];
    await waitUntil(async () => (seen = (await statusOf(alone)).problems).length > 0, {
      timeoutMs: 20_000,
      saw: () => 'no problem',
    });
    expect(seen).toEqual([
      expect.stringMatching(`^run ${workflowId}: no worker of task queue .*-live has taken this run`),
    ]);
  } finally {
    await alone.close();
  }
});

describe('what somebody did by hand', () => {
  let held: LiveEnv;

  beforeAll(async () => {
    held = await liveEnv('status: by hand', { 'orders.ts': ORDERS, 'readings.ts': READINGS });
    await held.apply();
  });

  afterAll(() => held.close());

  const schedule = () => held.temporal.schedule.getHandle(held.names.scheduleId('readings'));
  const supervisor = () => held.names.datasource({ name: 'orders', version: 1 });
  const tableOf = ({ tables }: Status) => tables.find(({ table }) => table === 'readings');
  const problemsOf = ({ problems }: Status) => problems.filter((problem) => !problem.includes('no worker'));

  it('nothing yet: the next slot is the one that Temporal says, and nothing is wrong', async () => {
    const status = await statusOf(held);
    const [next] = (await schedule().describe()).info.nextActionTimes;
    expect(tableOf(status)).toMatchObject({
      nextSlot: next?.toISOString().replace('.000Z', 'Z'),
      paused: null,
    });
    expect(status.streams).toMatchObject([{ stream: 'orders', druid: 'supervised' }]);
    expect(problemsOf(status)).toEqual([]);
  });

  /** Temporal shows what was changed a moment later, and takes two changes at once for one. */
  const shows = (change: (seen: ScheduleDescription) => boolean) =>
    waitUntil(async () => change(await schedule().describe()), { timeoutMs: 10_000 });

  it('a pause is shown with its reason in place of the next slot, and is no problem', async () => {
    await schedule().pause('vendor maintenance');
    await shows(({ state }) => state.paused);
    const status = await statusOf(held);
    expect(tableOf(status)).toMatchObject({ nextSlot: null, paused: 'vendor maintenance' });
    expect(problemsOf(status)).toEqual([]);
    await schedule().unpause();
    await shows(({ state }) => !state.paused);
  });

  it('a schedule that was moved, or starts something else, is a problem with both values', async () => {
    await schedule().update((live) => ({
      ...live,
      spec: { intervals: [{ every: '2 hours', offset: '7 minutes' }] },
      action: { ...live.action, taskQueue: 'theirs' },
    }));
    await shows(({ spec }) => spec.intervals?.[0]?.every === 7_200_000);
    const [next] = (await schedule().describe()).info.nextActionTimes;
    const status = await statusOf(held);
    const [problem, ...more] = problemsOf(status);
    expect(more).toEqual([]);
    expect(problem).toContain(`table readings: its schedule ${held.names.scheduleId('readings')} is not as`);
    expect(problem).toContain(
      '(intervals: every 2 hours, offset 7 minutes → every 1 hour, offset 0, ' +
        `action.taskQueue: theirs → ${held.names.taskQueue('live')}): 'npx millrace apply' puts it back`,
    );
    expect(tableOf(status)?.nextSlot).toBe(next?.toISOString().replace('.000Z', 'Z'));
    await held.apply();
    expect(problemsOf(await statusOf(held))).toEqual([]);
  });

  it('a schedule that was deleted is a problem, ends the command with 1, and has no next slot', async () => {
    await schedule().delete();
    const status = await statusOf(held);
    expect(problemsOf(status)).toEqual([
      `table readings: its schedule ${held.names.scheduleId('readings')} is not there, so no run of it starts by itself: 'npx millrace apply' makes it again`,
    ]);
    expect(tableOf(status)?.nextSlot).toBeNull();
    const { code, stdout } = await millrace(['status', '--env', held.names.env]);
    expect(code).toBe(1);
    expect(stdout).toMatch(/^readings .* -$/m);
    expect(stdout).toMatch(/^! table readings: its schedule .* is not there/m);
    await held.apply();
    expect(problemsOf(await statusOf(held))).toEqual([]);
  });

  it('a suspended supervisor is shown with the command that resumes it, and is no problem', async () => {
    await suspend(held, supervisor());
    const status = await statusOf(held);
    expect(status.streams).toMatchObject([{ druid: 'suspended' }]);
    expect(problemsOf(status)).toEqual([]);
    const resume = status.streams[0]?.resume ?? '';
    execFileSync('bash', ['-c', `${resume} --fail --silent`]);
    expect((await statusOf(held)).streams).toMatchObject([{ druid: 'supervised' }]);
  });

  it('a supervisor that was terminated is a problem, until an apply makes it again', async () => {
    await held.druid.terminateSupervisor(supervisor());
    const status = await statusOf(held);
    expect(status.streams).toMatchObject([{ druid: 'absent' }]);
    expect(problemsOf(status)).toEqual([
      `stream orders: its Druid supervisor ${supervisor()} is not there, so Druid takes in none of its events: 'npx millrace apply' makes it again`,
    ]);
    await held.apply();
    expect(problemsOf(await statusOf(held))).toEqual([]);
  });
});

async function suspend({ config }: LiveEnv, id: string): Promise<void> {
  const url = `${config.druid.url}/druid/indexer/v1/supervisor/${id}/suspend`;
  const answer = await fetch(url, { method: 'POST' });
  if (!answer.ok) throw new Error(`Druid refused to suspend ${id}: ${await answer.text()}`);
}
