import { MockActivityEnvironment } from '@temporalio/testing';
import { ApplicationFailure } from '@temporalio/common';
import { expect, it } from 'vitest';
import { MillraceError } from '../../../src/errors.ts';
import { beginTry } from '../../../src/load/step-log.ts';
import { namesFor } from '../../../src/names.ts';
import type { RunLine } from '../../../src/store/run-log.ts';

const WORKFLOW = { workflowId: 'dev/rates-2026-01-31T02:00:00Z', runId: 'r1' };
const LOAD = { table: 'rates', interval: { start: '2026-01-30T00:00:00.000Z', end: '2026-01-31T00:00:00Z' } };

/** What a try says that is given this input and ends so. */
async function linesOf(
  input: unknown,
  end: (attempt: ReturnType<typeof beginTry>) => void,
): Promise<RunLine[]> {
  const lines: RunLine[] = [];
  const environment = new MockActivityEnvironment({
    ...{ activityType: 'stage', attempt: 2, workflowExecution: WORKFLOW },
  });
  await environment.run(async () => {
    const runLog = { note: (line: RunLine) => void lines.push(line) };
    end(beginTry({ names: namesFor('dev'), runLog }, input));
  });
  return lines;
}

it('a try says who made it, how long it took and how many rows came, under its run and interval', async () => {
  const lines = await linesOf(LOAD, (attempt) => attempt.ended({ rows: 72, replacedRows: 3 }));
  expect(lines.map(({ line }) => line)).toEqual([
    expect.stringMatching(/^began on .+, process \d+$/),
    expect.stringMatching(/^ended after \d+\.\d s: 72 rows \(3 before\)$/),
  ]);
  expect(lines[1]).toMatchObject({
    ...WORKFLOW,
    ...{ table: 'rates', intervalStart: '2026-01-30T00:00:00Z', step: 'stage', tryNumber: 2, level: 'info' },
  });
});

it.each<[string, Error, RunLine['level'], RegExp]>([
  [
    'that may pass',
    new MillraceError('HTTP_STATUS', '503'),
    'warn',
    /^failed after \d\.\d s, HTTP_STATUS: 503$/,
  ],
  [
    'that cannot',
    new MillraceError('HTTP_REFUSED', '404'),
    'warn',
    /^failed after \d\.\d s, for good, HTTP_REFUSED: 404$/,
  ],
  ['that is a wait', new MillraceError('STREAM_NOT_DRAINED', 'x'), 'info', /^waits, STREAM_NOT_DRAINED: x$/],
  [
    'that another run has failed with',
    ApplicationFailure.create({ type: 'HTTP_REFUSED', message: '404', nonRetryable: true }),
    'warn',
    /^failed after \d\.\d s, for good, HTTP_REFUSED: 404$/,
  ],
  ['of ours', new TypeError('x is undefined'), 'warn', /^failed after \d\.\d s, x is undefined$/],
])('it says with which failure it ended: one %s', async (_which, error, level, text) => {
  const [, line] = await linesOf(LOAD, (attempt) => attempt.failed(error));
  expect(line).toMatchObject({ level, line: expect.stringMatching(text) as string });
});

it.each([
  ['a table', { table: 'rates' }, { table: 'rates' }],
  [
    'an interval',
    { table: 'rates', interval: '2026-01-30T00:00:00Z' },
    { intervalStart: '2026-01-30T00:00:00Z' },
  ],
  [
    'no interval that MariaDB knows',
    { table: 'rates', interval: '+202601-01-01T00:00:00Z' },
    { table: 'rates' },
  ],
  ['neither', 'x', { table: 'rates' }],
])('what a run was started with says of which table it is: %s', async (_what, input, expected) => {
  const [began] = await linesOf(input, () => undefined);
  expect(began).toMatchObject(expected);
  if (!('intervalStart' in expected)) expect(began).not.toHaveProperty('intervalStart');
});

it('a run that only waits for the one which may load the interval says that interval', async () => {
  const input = { table: 'rates', interval: '2026-01-30T00:00:00Z' };
  const [, ended] = await linesOf({ table: 'rates' }, (attempt) =>
    attempt.ended({ isCanonical: false, input }),
  );
  expect(ended).toMatchObject({ intervalStart: '2026-01-30T00:00:00Z' });
});

it('a run that resolves its interval says it from then on', async () => {
  const [began, ended] = await linesOf({ table: 'rates' }, (attempt) => attempt.ended({ load: LOAD }));
  expect(began).not.toHaveProperty('intervalStart');
  expect(ended).toMatchObject({ intervalStart: '2026-01-30T00:00:00Z' });
});
