import { expect, it } from 'vitest';
import { troublesOf } from '../../../src/cli/troubles.ts';

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

const UNTAKEN = {
  place: 'task',
  what: "no worker has taken it from task queue dev-live yet; is one alive ('millrace status')?",
};

it.each<[string, Run, unknown[]]>([
  ['that waits for nothing has none', described({}), []],
  ['that was handed out a moment ago has none', task(1), []],
  ['that nobody takes has one', task(9), [UNTAKEN]],
  ['whose worker took it and does not answer has one', task(9, { startedTime: { seconds: 1 } }), [UNTAKEN]],
  ['that was handed out anew has one', task(1, { attempt: 2 }), [UNTAKEN]],
])('a run %s', (_what, run, troubles) => {
  expect(troublesOf(run)).toEqual(troubles);
});

it('an activity that failed is a trouble with its code; one without a code says its message alone', () => {
  const failed = (activityId: string, message: string, type?: string) => ({
    activityId,
    activityType: { name: 'stage' },
    lastFailure: { message, applicationFailureInfo: type === undefined ? null : { type } },
  });
  const going = { activityId: '3', activityType: { name: 'check' } };
  const pendingActivities = [failed('1', 'busy', 'HTTP_STATUS'), failed('2', 'Heartbeat timeout'), going];
  expect(troublesOf(described({ pendingActivities }))).toEqual([
    { place: '1', what: 'stage is tried again after HTTP_STATUS: busy', code: 'HTTP_STATUS' },
    { place: '2', what: 'stage is tried again after Heartbeat timeout' },
  ]);
});
