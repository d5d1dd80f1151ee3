import { expect, it, vi } from 'vitest';
import { leaveText, resultOf } from '../../../src/cli/waiting.ts';
import type { TemporalClient } from '../../../src/clients/temporal.ts';

/** What Temporal shows of each run: its queue, its children and the failure of its activity. */
interface Shown {
  queue?: string;
  status?: string;
  children?: string[];
  failure?: [code: string | undefined, message: string];
  /** For so long its first task has been waiting for a worker. */
  unclaimedSeconds?: number;
}

/** A Temporal that shows what a test says, and a wait for its run `top`. */
function waiting(shown: Record<string, Shown>, pollers: string[] = ['1@here']) {
  let end = (_result: unknown) => undefined as void;
  const result = new Promise((resolve) => (end = resolve));
  let begun = 0;
  const describe = (workflowId: string) => async () => {
    if (workflowId === 'top') begun++;
    const {
      queue = 'dev-live',
      status = 'RUNNING',
      children = [],
      failure,
      unclaimedSeconds,
    } = shown[workflowId] ?? {};
    if (status === 'UNREACHABLE') throw new Error('Temporal is away');
    const lastFailure = failure && { applicationFailureInfo: { type: failure[0] }, message: failure[1] };
    const activity = { activityId: '2', activityType: { name: 'stage' }, lastFailure };
    const pendingChildren = children.map((child) => ({ workflowId: child }));
    const scheduledTime = { seconds: Math.floor(Date.now() / 1_000) - (unclaimedSeconds ?? 0) };
    const pendingWorkflowTask = unclaimedSeconds === undefined ? null : { scheduledTime };
    const raw = { pendingChildren, pendingActivities: [activity], pendingWorkflowTask };
    return { workflowId, status: { name: status }, taskQueue: queue, raw };
  };
  const temporal = {
    options: { namespace: 'default' },
    workflow: { getHandle: (workflowId: string) => ({ describe: describe(workflowId) }) },
    workflowService: {
      describeTaskQueue: async () => ({ pollers: pollers.map((identity) => ({ identity })) }),
    },
  } as unknown as TemporalClient;
  const said: string[] = [];
  const done = resultOf(
    {
      config: { temporalVariables: {} },
      temporal,
      handle: { workflowId: 'top', result: () => result as Promise<never> },
    },
    { say: (line) => void said.push(line), everyMs: 2 },
  );
  /** Until so many more looks are over. */
  const looks = async (count: number) => {
    const target = begun + count + 1;
    await vi.waitFor(() => expect(begun).toBeGreaterThanOrEqual(target), { interval: 1 });
  };
  return { said, done, end, looks };
}

it('a run that goes well says nothing, and its result is what it returned', async () => {
  const { said, done, end, looks } = waiting({ top: { children: ['a'] } });
  await looks(3);
  end({ rows: 3 });
  expect(await done).toEqual({ rows: 3 });
  expect(said).toEqual([]);
});

it('a failure is said once, and again only when it is another; those of the children too', async () => {
  const shown: Record<string, Shown> = { top: { children: ['a'] }, a: { failure: ['HTTP_STATUS', 'busy'] } };
  const { said, done, end, looks } = waiting(shown);
  await looks(3);
  shown['a'] = { failure: [undefined, 'activity Heartbeat timeout'] };
  await looks(2);
  shown['a'] = {};
  await looks(2);
  shown['a'] = { failure: [undefined, 'activity Heartbeat timeout'] };
  await looks(1);
  expect(said).toEqual([
    'a: stage is tried again after HTTP_STATUS: busy',
    'a: stage is tried again after activity Heartbeat timeout',
    'a: stage is tried again after activity Heartbeat timeout',
  ]);
  end({});
  await done;
  shown['a'] = { failure: ['HTTP_STATUS', 'busy'] };
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(said, 'nothing after its end').toHaveLength(3);
});

it('a failure is said once per code, however its words change from try to try', async () => {
  const shown: Record<string, Shown> = { top: { failure: ['STREAM_NOT_DRAINED', 'read to 4 of 9'] } };
  const { said, done, end, looks } = waiting(shown);
  await looks(2);
  shown['top'] = { failure: ['STREAM_NOT_DRAINED', 'read to 6 of 9'] };
  await looks(2);
  shown['top'] = { failure: ['DRUID_UNAVAILABLE', 'away'] };
  await looks(2);
  shown['top'] = { failure: ['STREAM_NOT_DRAINED', 'read to 8 of 9'] };
  await looks(2);
  expect(said).toEqual([
    'top: stage is tried again after STREAM_NOT_DRAINED: read to 4 of 9',
    'top: stage is tried again after DRUID_UNAVAILABLE: away',
    'top: stage is tried again after STREAM_NOT_DRAINED: read to 8 of 9',
  ]);
  end({});
  await done;
});

it('a run that no worker takes up is named once, though a worker that was killed still counts', async () => {
  const shown: Record<string, Shown> = { top: { unclaimedSeconds: 1 } };
  const { said, end, looks } = waiting(shown);
  await looks(2);
  expect(said).toEqual([]);
  shown['top'] = { unclaimedSeconds: 9 };
  await looks(3);
  expect(said).toEqual([
    expect.stringMatching(
      /^top: no worker of task queue dev-live has taken this run for \d+ s\. Start one: 'npx millrace worker'\.$/,
    ),
  ]);
  end({});
});

it('a queue without a worker is named once, and a run that has ended needs none', async () => {
  const pollers: string[] = [];
  const { said, end, looks } = waiting(
    { top: { queue: 'dev-bulk', children: ['a'] }, a: { queue: 'x', status: 'COMPLETED' } },
    pollers,
  );
  await looks(3);
  pollers.push('7@here');
  await looks(2);
  expect(said).toEqual(["no worker polls task queue dev-bulk: start one with 'npx millrace worker'"]);
  end({});
});

it('a look that fails says nothing and repeats nothing', async () => {
  const shown: Record<string, Shown> = { top: { failure: ['HTTP_STATUS', 'busy'] } };
  const { said, end, looks } = waiting(shown);
  await looks(1);
  shown['top'] = { status: 'UNREACHABLE' };
  await looks(2);
  shown['top'] = { failure: ['HTTP_STATUS', 'busy'] };
  await looks(1);
  expect(said).toHaveLength(1);
  end({});
});

it('whoever stops waiting is told a command that stops the run, with address and namespace', () => {
  const variables = { TEMPORAL_ADDRESS: 'temporal.example:7233', TEMPORAL_NAMESPACE: 'team' };
  expect(leaveText({ temporalVariables: variables }, 'dev/weather-2026-01-05T08:00:00Z')).toBe(
    "it goes on in Temporal; to stop it: temporal workflow cancel --workflow-id 'dev/weather-2026-01-05T08:00:00Z' --address temporal.example:7233 --namespace team",
  );
});
