import { ApplicationFailure, CancelledFailure, TerminatedFailure } from '@temporalio/common';
import { expect, it } from 'vitest';
import { failureOf } from '../../../src/cli/failure.ts';

const around = (cause: Error) => new Error('Workflow execution failed', { cause });

it('a run has failed with its innermost failure', () => {
  const failure = ApplicationFailure.create({ message: 'no such page', type: 'HTTP_REFUSED' });
  expect(failureOf(around(around(failure)))).toEqual({ code: 'HTTP_REFUSED', message: 'no such page' });
});

it.each([
  ['cancelled', new CancelledFailure('Workflow canceled')],
  ['terminated', new TerminatedFailure('terminated')],
])('a run that somebody has %s has a code, and what to do', (how, failure) => {
  expect(failureOf(around(failure))).toEqual({
    code: 'RUN_FAILED',
    message: `somebody has ${how} the run in Temporal; run the interval again to load it.`,
  });
});
