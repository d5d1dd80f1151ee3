import { ApplicationFailure } from '@temporalio/common';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { expect, it } from 'vitest';
import { createActivities, type ActivityDeps } from '../../../src/activities/index.ts';
import { MillraceError } from '../../../src/errors.ts';
import { redactionOf } from '../../../src/redaction/index.ts';
import { namesFor } from '../../../src/names.ts';

/** What `resolve` fails with when the catalogue throws this. */
async function failureOf(thrown: Error): Promise<unknown> {
  const catalogue = { byName: () => Promise.reject(thrown) };
  const redaction = redactionOf(['canary/1']);
  const deps = {
    catalogue,
    names: namesFor('t'),
    now: () => new Date(),
    redaction,
    runLog: { note: () => undefined },
  } as unknown as ActivityDeps;
  const environment = new MockActivityEnvironment(undefined, { logger: new DefaultLogger('ERROR') });
  return environment
    .run(createActivities(deps).resolve, { table: 'weather' })
    .catch((error: unknown) => error);
}

it.each([
  [new MillraceError('TABLE_UNKNOWN', 'no such table'), 'TABLE_UNKNOWN', true],
  [new MillraceError('MARIADB_UNAVAILABLE', 'away'), 'MARIADB_UNAVAILABLE', false],
  [new MillraceError('MARIADB_UNAVAILABLE', 'away', { retryable: false }), 'MARIADB_UNAVAILABLE', true],
])('%s is a failure of its code, final where a retry cannot help', async (thrown, type, nonRetryable) => {
  const failure = await failureOf(thrown);
  expect(failure).toBeInstanceOf(ApplicationFailure);
  expect(failure).toMatchObject({ type, nonRetryable, message: thrown.message });
});

it('the pause that a vendor asks for is kept, to the millisecond', async () => {
  const thrown = new MillraceError('HTTP_STATUS', 'busy', { retryAfterMs: 7_000 });
  expect(await failureOf(thrown)).toMatchObject({ nextRetryDelay: 7_000 });
});

it('neither the cause nor the context reaches the history', async () => {
  const thrown = new MillraceError('HTTP_STATUS', 'busy', {
    cause: new Error('canary'),
    context: { token: 'canary' },
  });
  const { message, cause, details } = (await failureOf(thrown)) as ApplicationFailure;
  expect(JSON.stringify([message, cause, details])).not.toContain('canary');
});

it('what is not ours passes as it was thrown', async () => {
  const thrown = new TypeError('a fault');
  expect(await failureOf(thrown)).toBe(thrown);
});

it.each([
  ['one of ours', new MillraceError('ROW_INVALID', "a: 'canary/1' received")],
  ['one of ours that quotes a URL', new MillraceError('HTTP_REFUSED', 'GET /?key=canary%2F1')],
  ['a fault', new TypeError('canary/1 is no function', { cause: new Error('"canary\\/1"') })],
  ['one of the platform', new DOMException('canary/1', 'AbortError')],
])('no secret is in a failure: %s', async (_what, thrown) => {
  const failure = (await failureOf(thrown)) as Error;
  expect(failure.message).toContain('***');
  expect([failure.message, failure.stack, String(failure.cause), failure.name].join()).not.toMatch(/canary/);
});
