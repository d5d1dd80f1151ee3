import { expect, it, vi } from 'vitest';
import { troublesOf } from '../../../src/cli/troubles.ts';

vi.useFakeTimers({ now: new Date('2026-01-05T08:00:00Z'), toFake: ['Date'] });

type Run = Parameters<typeof troublesOf>[0];

/** A run as Temporal describes it. */
const described = (raw: object) => ({ taskQueue: 'dev-live', raw });

const task = (waitedSeconds: number, more: object = {}) =>
  described({
    pendingWorkflowTask: {
      scheduledTime: { seconds: Math.floor(Date.now() / 1_000) - waitedSeconds },
      attempt: 1,
      ...more,
    },
  });

const untaken = (since: string) => ({
  place: 'task',
  cause: 'task queue dev-live',
  what: `no worker of task queue dev-live has taken this run${since}. Start one: 'npx millrace worker'.`,
});

it.each<[string, Run, unknown[]]>([
  ['that waits for nothing has none', described({}), []],
  ['that was handed out a moment ago has none', task(1), []],
  ['that nobody takes has one', task(9), [untaken(' for 9 s')]],
  [
    'whose worker took it and does not answer has one',
    task(9, { startedTime: { seconds: 1 } }),
    [untaken(' for 9 s')],
  ],
  [
    'that was handed out anew has one, of either cause',
    task(1, { attempt: 7 }),
    [
      {
        place: 'task',
        cause: 'task queue dev-live',
        what: "no worker of task queue dev-live has brought this run on in 6 tries: none answers, or its workflow fails, and Temporal says why. Start one: 'npx millrace worker'.",
      },
    ],
  ],
])('a run %s', (_what, run, troubles) => {
  expect(troublesOf(run)).toEqual(troubles);
});

it('the cause of an activity that failed is its code; of one without a code, what Temporal says', () => {
  const failed = (activityId: string, message: string, type?: string) => ({
    activityId,
    activityType: { name: 'stage' },
    lastFailure: { message, applicationFailureInfo: type === undefined ? null : { type } },
  });
  const going = { activityId: '3', activityType: { name: 'check' } };
  const pendingActivities = [failed('1', 'busy', 'HTTP_STATUS'), failed('2', 'Heartbeat timeout'), going];
  expect(troublesOf(described({ pendingActivities }))).toEqual([
    { place: '1', cause: 'HTTP_STATUS', what: 'stage is tried again after HTTP_STATUS: busy' },
    { place: '2', cause: 'Heartbeat timeout', what: 'stage is tried again after Heartbeat timeout' },
  ]);
});
