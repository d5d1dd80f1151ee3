import { proxyActivities } from '@temporalio/workflow';
import type { Activities } from '../activities/index.ts';

/**
 * How activities are called, by kind: a workflow takes each that it needs from one of these. What bounds the retries is
 * time (`scheduleToCloseTimeout`), whether a try fails at once or after minutes: an outage is outlasted for as long as
 * the guide says, and a run which cannot succeed ends failed and visible.
 */
const PATIENT = { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '30s' } as const;

/** For waiting: a try looks for seconds, and between tries it holds no place in the worker. */
const WAITING = { initialInterval: '500ms', backoffCoefficient: 1.2, maximumInterval: '10s' } as const;

/** Every activity gives a sign of life by itself, so the end of a worker is noticed within this time. */
const SIGN_OF_LIFE = '10s';

/** Looks something up: seconds to minutes. */
export const lookups = proxyActivities<Activities>({
  startToCloseTimeout: '10 minutes',
  scheduleToCloseTimeout: '1 hour',
  heartbeatTimeout: SIGN_OF_LIFE,
  retry: PATIENT,
});

/** Waits for what a load reads. A server that hangs has time to fail by its own name. */
export const waits = proxyActivities<Activities>({
  startToCloseTimeout: '10 minutes',
  scheduleToCloseTimeout: '1 hour',
  heartbeatTimeout: SIGN_OF_LIFE,
  retry: WAITING,
});

/** Moves rows: as long as it takes. */
export const moves = proxyActivities<Activities>({
  startToCloseTimeout: '2 hours',
  scheduleToCloseTimeout: '3 hours',
  heartbeatTimeout: SIGN_OF_LIFE,
  retry: PATIENT,
});

/** Waits for somebody else's run: for as long as a load may take. */
export const runWaits = proxyActivities<Activities>({
  startToCloseTimeout: '1 minute',
  scheduleToCloseTimeout: '6 hours',
  heartbeatTimeout: SIGN_OF_LIFE,
  retry: WAITING,
});
