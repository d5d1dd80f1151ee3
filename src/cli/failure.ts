import { CancelledFailure, TerminatedFailure } from '@temporalio/common';
import { innermost, messageOf } from '../errors.ts';

/** What a run ended with. */
export interface Failure {
  /** One of `ERROR_CODES`. */
  code: string;
  message: string;
}

/** Has a run ended without what it was to do? One that somebody stopped has not failed. */
export function hasFailed({ name }: { name: string }): boolean {
  return name === 'FAILED' || name === 'TIMED_OUT';
}

/** What a run ended with, by the error that waiting for it has thrown: the innermost failure, which is ours. */
export function failureOf(error: unknown): Failure {
  const deepest = error instanceof Error ? innermost(error) : new Error(messageOf(error));
  if (deepest instanceof CancelledFailure) return stopped('cancelled');
  if (deepest instanceof TerminatedFailure) return stopped('terminated');
  const code = 'type' in deepest && typeof deepest.type === 'string' ? deepest.type : 'RUN_FAILED';
  return { code, message: deepest.message };
}

/** By a person, in Temporal's UI or by its CLI: nothing of ours does it. */
function stopped(how: string): Failure {
  return {
    code: 'RUN_FAILED',
    message: `somebody has ${how} the run in Temporal; run the interval again to load it.`,
  };
}
