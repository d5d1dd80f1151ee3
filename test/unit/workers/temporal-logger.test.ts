import { ActivityFailure, ApplicationFailure, RetryState } from '@temporalio/common';
import type { Logger } from 'pino';
import { expect, it } from 'vitest';
import { temporalLogger } from '../../../src/workers/temporal-logger.ts';

it('an error of Temporal is logged by what it says, down to its cause, and without the token of its task', () => {
  const lines: unknown[] = [];
  const log = { warn: (...line: unknown[]) => lines.push(line) } as unknown as Logger;
  const cause = ApplicationFailure.create({ message: 'the vendor answered 404', type: 'HTTP_REFUSED' });
  const error = new ActivityFailure('Activity task failed', 'stage', '1', RetryState.TIMEOUT, 'w', cause);
  temporalLogger(log).warn('Workflow failed', { workflowId: 'dev/rates', error, taskToken: 'AAAA' });
  expect(lines).toEqual([
    [
      expect.objectContaining({
        workflowId: 'dev/rates',
        error: 'Activity task failed: HTTP_REFUSED: the vendor answered 404',
      }),
      'Workflow failed',
    ],
  ]);
  expect(JSON.stringify(lines)).not.toContain('AAAA');
});
