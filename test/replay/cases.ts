/** What a stored history must hold, so that none can lose what it was recorded for. */
export interface Expected {
  /** Names of the activities, in the order in which they were scheduled. */
  activities: string[];
  /** How many children it started, and how many of them it could not because they ran already. */
  children?: number;
  refusedChildren?: number;
  /** The type of the last event. */
  end: 'COMPLETED' | 'FAILED' | 'CANCELED' | 'CONTINUED_AS_NEW';
}

const LOAD = ['resolve', 'stage', 'check', 'swap'];

/** Every stored history: what happened in it, by `<workflow>-<case>`. */
export const CASES: Record<string, Expected> = {
  'refresh-pull-scheduled': { activities: LOAD, end: 'COMPLETED' },
  'refresh-pull-by-hand': { activities: LOAD, end: 'COMPLETED' },
  'refresh-pull-retried': { activities: LOAD, end: 'COMPLETED' },
  'refresh-rollup': {
    activities: ['resolve', 'noteEnds', 'drain', 'stage', 'check', 'swap'],
    end: 'COMPLETED',
  },
  'refresh-delegated': { activities: ['resolve'], children: 1, end: 'COMPLETED' },
  'refresh-delegated-failed': { activities: ['resolve'], children: 1, end: 'FAILED' },
  'refresh-delegated-running': {
    activities: ['resolve', 'awaitRun'],
    children: 1,
    refusedChildren: 1,
    end: 'COMPLETED',
  },
  'refresh-refused': { activities: ['resolve'], end: 'FAILED' },
  'refresh-failed': { activities: ['resolve', 'stage'], end: 'FAILED' },
  'refresh-cancelled': { activities: ['resolve', 'stage'], end: 'CANCELED' },
  'backfill-whole': { activities: ['listIntervals'], children: 3, end: 'COMPLETED' },
  'backfill-nothing-missing': { activities: ['listIntervals'], end: 'COMPLETED' },
  'backfill-interval-failed': { activities: ['listIntervals'], children: 3, end: 'FAILED' },
  'backfill-interval-running': {
    activities: ['listIntervals', 'awaitRun'],
    children: 2,
    refusedChildren: 1,
    end: 'COMPLETED',
  },
  'backfill-cancelled': { activities: ['listIntervals'], children: 1, end: 'CANCELED' },
  'backfill-first-page': { activities: ['listIntervals'], children: 250, end: 'CONTINUED_AS_NEW' },
  'backfill-carried': { activities: ['listIntervals'], children: 1, end: 'COMPLETED' },
};
