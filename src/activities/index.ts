import { ApplicationFailure } from '@temporalio/activity';
import { ApplicationFailureCategory } from '@temporalio/common';
import { isMillraceError, isWait } from '../errors.ts';
import { awaitRun } from './await-run.ts';
import { check } from './check.ts';
import type { LoadDeps } from '../load/deps.ts';
import type { TemporalClient } from '../clients/temporal.ts';
import { beginTry } from '../load/step-log.ts';
import { drain } from './drain.ts';
import { listIntervals } from './list-intervals.ts';
import { noteEnds } from './note-ends.ts';
import { resolve } from './resolve.ts';
import { withPulse } from '../load/signs-of-life.ts';
import { stage } from './stage.ts';
import { swap } from './swap.ts';
import type { RunLog } from '../store/run-log.ts';

/** What activities work with: what loads do, Temporal to wait for other runs, and the log of each run. */
export interface ActivityDeps extends LoadDeps {
  temporal: TemporalClient;
  runLog: RunLog;
}

export type Activities = ReturnType<typeof createActivities>;

/** Every activity, by the name under which workflows call it. */
export function createActivities(deps: ActivityDeps) {
  const atBoundary = boundaryOf(deps);
  return {
    resolve: atBoundary(resolve(deps)),
    noteEnds: atBoundary(noteEnds(deps)),
    drain: atBoundary(drain(deps)),
    stage: atBoundary(stage(deps)),
    check: atBoundary(check(deps)),
    swap: atBoundary(swap(deps)),
    listIntervals: atBoundary(listIntervals(deps)),
    awaitRun: atBoundary(awaitRun(deps)),
  };
}

/**
 * What every activity does at its edge: give signs of life while it runs, write into the run's log, turn our errors into
 * Temporal's (the code becomes the failure's type, and the thrower decides whether a retry can help), and hide secrets
 * in all of it, as what is said and thrown may quote anybody.
 */
function boundaryOf(deps: Pick<ActivityDeps, 'names' | 'redaction' | 'runLog'>) {
  const { redaction } = deps;
  return <In extends unknown[], Out>(activity: (...args: In) => Promise<Out>) =>
    async (...args: In): Promise<Out> => {
      const step = beginTry(deps, args[0]);
      try {
        const result = await withPulse(redaction, () => activity(...args));
        step.ended(result);
        return result;
      } catch (error) {
        const hidden = redaction.error(error);
        step.failed(hidden);
        throw failureOf(hidden);
      }
    };
}

function failureOf(error: unknown): unknown {
  if (!isMillraceError(error)) return error;
  return ApplicationFailure.create({
    message: error.message,
    type: error.code,
    nonRetryable: !error.retryable,
    // A wait that goes on is no failure for logs and metrics.
    ...(isWait(error.code) ? { category: ApplicationFailureCategory.BENIGN } : {}),
    ...(error.retryAfterMs === undefined ? {} : { nextRetryDelay: error.retryAfterMs }),
  });
}
