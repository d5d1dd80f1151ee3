import { proxyActivities } from '@temporalio/workflow';
import type { Activities } from '../activities/index.ts';

/**
 * How activities are called, by kind. Retries are finite and bounded in time, so that a run which cannot succeed
 * ends failed and visible; within that they outlast a server's restart.
 */
const PATIENT = {
  initialInterval: '1s',
  backoffCoefficient: 2,
  maximumInterval: '30s',
  maximumAttempts: 50,
} as const;

/** Every activity gives a sign of life by itself, so the end of a worker is noticed within this time. */
const SIGN_OF_LIFE = '10s';

/** Looks something up, or waits for somebody: seconds to minutes. */
export const { resolve, noteEnds, drain, check, listIntervals } = proxyActivities<Activities>({
  startToCloseTimeout: '10 minutes',
  scheduleToCloseTimeout: '1 hour',
  heartbeatTimeout: SIGN_OF_LIFE,
  retry: PATIENT,
});

/** Moves rows: as long as it takes. */
export const { stage, swap } = proxyActivities<Activities>({
  startToCloseTimeout: '2 hours',
  scheduleToCloseTimeout: '3 hours',
  heartbeatTimeout: SIGN_OF_LIFE,
  retry: PATIENT,
});

/** Waits for somebody else's run: each try for seconds, the tries for as long as a load may take. */
export const { awaitRun } = proxyActivities<Activities>({
  startToCloseTimeout: '1 minute',
  scheduleToCloseTimeout: '6 hours',
  heartbeatTimeout: SIGN_OF_LIFE,
  retry: { initialInterval: '1s', backoffCoefficient: 1.2, maximumInterval: '10s', maximumAttempts: 5_000 },
});
