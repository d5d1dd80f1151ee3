import { ApplicationFailure } from '@temporalio/activity';
import { ApplicationFailureCategory } from '@temporalio/common';
import { isMillraceError, isWait } from '../errors.ts';
import { awaitRun } from './await-run.ts';
import { check } from './check.ts';
import type { LoadDeps } from '../load/deps.ts';
import type { TemporalClient } from '../clients/temporal.ts';
import { drain } from './drain.ts';
import { listIntervals } from './list-intervals.ts';
import { noteEnds } from './note-ends.ts';
import { resolve } from './resolve.ts';
import { withPulse } from '../load/signs-of-life.ts';
import { stage } from './stage.ts';
import { swap } from './swap.ts';

/** What activities work with: what loads do, and Temporal to wait for other runs. */
export interface ActivityDeps extends LoadDeps {
  temporal: TemporalClient;
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
 * What every activity does at its edge: give signs of life while it runs, turn our errors into Temporal's (the code
 * becomes the failure's type, and the thrower decides whether a retry can help), and hide secrets in both, as what is
 * said and thrown may quote anybody.
 */
function boundaryOf({ redaction }: Pick<ActivityDeps, 'redaction'>) {
  return <In extends unknown[], Out>(activity: (...args: In) => Promise<Out>) =>
    async (...args: In): Promise<Out> => {
      try {
        return await withPulse(redaction, () => activity(...args));
      } catch (error) {
        throw failureOf(redaction.error(error));
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
