import { expect, test } from 'vitest';
import { nameStuckRuns } from '../../../../src/cli/status/stuck-runs.ts';
import type { Look } from '../../../../src/cli/status/look.ts';
import type { TemporalClient } from '../../../../src/clients/temporal.ts';
import type { Config } from '../../../../src/config.ts';
import { namesFor } from '../../../../src/names.ts';

/** A run, and what its last try failed with. */
interface Run {
  id: string;
  ageSeconds?: number;
  failure?: [code: string | undefined, message: string];
  unclaimedSeconds?: number;
}

/** What a status says of these runs, the newest first, as Temporal lists them. */
async function problemsOf(runs: readonly Run[]): Promise<{ problems: string[]; lookedAt: string[] }> {
  const lookedAt: string[] = [];
  const describe = async ({ id, failure, unclaimedSeconds }: Run) => {
    lookedAt.push(id);
    const scheduledTime = { seconds: Math.floor(Date.now() / 1_000) - (unclaimedSeconds ?? 0) };
    const lastFailure = failure && { applicationFailureInfo: { type: failure[0] }, message: failure[1] };
    const pendingActivities = [{ activityId: '2', activityType: { name: 'stage' }, lastFailure }];
    const pendingWorkflowTask = unclaimedSeconds === undefined ? null : { scheduledTime };
    return { taskQueue: 'dev-live', raw: { pendingActivities, pendingWorkflowTask } };
  };
  const temporal = {
    workflow: {
      async *list() {
        for (const { id, ageSeconds = 60 } of runs) {
          yield { workflowId: id, startTime: new Date(Date.now() - ageSeconds * 1_000) };
        }
      },
      count: async () => ({ count: runs.length }),
      getHandle: (id: string) => ({ describe: () => describe(runs.find((run) => run.id === id) ?? { id }) }),
    },
  } as unknown as TemporalClient;
  const look: Look = {
    config: { temporalUiUrl: 'http://ui', temporalVariables: {} } as Config,
    names: namesFor('dev'),
    db: {} as Look['db'],
    temporal: async () => temporal,
    isGone: () => false,
    problems: [],
  };
  await nameStuckRuns(look);
  return { problems: look.problems, lookedAt };
}

const weather = (hour: string) => `dev/weather-2026-01-05T${hour}:00:00Z`;
const failed = (hour: string, message: string): [string, string] => [
  'HTTP_STATUS',
  `pull 'weather' 2026-01-05T${hour}:00:00Z: GET http://v/?from=${hour} ${message}.`,
];

test('runs of a table with the same code share a line, though each failed in words of its own', async () => {
  const { problems } = await problemsOf([
    { id: weather('10'), ageSeconds: 60, failure: failed('10', 'answered 503') },
    { id: weather('09'), ageSeconds: 3_660, failure: failed('09', 'answered 503') },
    { id: weather('08'), ageSeconds: 7_260, failure: failed('08', 'answered 429') },
  ]);
  expect(problems).toEqual([
    `run ${weather('10')} (and 2 more: ${weather('08')}, ${weather('09')}): stage is tried again after HTTP_STATUS: pull 'weather' 2026-01-05T10:00:00Z: GET http://v/?from=10 answered 503. In Temporal: http://ui/namespaces/default/workflows/${encodeURIComponent(weather('10'))}`,
  ]);
});

test('of many the oldest is named', async () => {
  const runs = ['12', '11', '10', '09', '08'].map((hour, index) => ({
    id: weather(hour),
    ageSeconds: 60 + index * 3_600,
    failure: failed(hour, 'answered 503'),
  }));
  const { problems } = await problemsOf(runs);
  expect(problems).toEqual([
    expect.stringMatching(`^run ${weather('12')} \\(and 4 more, the oldest ${weather('08')}\\): stage`),
  ]);
});

test('another code has a line of its own, and so has another table', async () => {
  const { problems } = await problemsOf([
    { id: weather('10'), failure: failed('10', 'answered 503') },
    { id: weather('09'), failure: ['HTTP_UNREACHABLE', 'no answer'] },
    { id: 'dev/rates-2026-01-05T10:00:00Z', failure: ['HTTP_STATUS', 'answered 503'] },
    { id: 'dev/rates/backfill-2026-01-04T00:00:00Z-2026-01-05T00:00:00Z' },
  ]);
  expect(problems.map((problem) => problem.split(':')[0]).sort()).toEqual(
    ['run dev/rates-2026-01-05T10', 'run dev/weather-2026-01-05T09', 'run dev/weather-2026-01-05T10'].sort(),
  );
});

test.each<[string, Partial<Run>]>([
  ['a server that is away', { failure: ['DRUID_UNAVAILABLE', 'Druid did not answer'] }],
  ['a queue that no worker polls', { unclaimedSeconds: 9 }],
  ['a worker that was killed', { failure: [undefined, 'activity Heartbeat timeout'] }],
])('%s is one cause for all tables', async (_what, more) => {
  const { problems } = await problemsOf([
    { id: weather('10'), ageSeconds: 60, ...more },
    { id: 'dev/rates-2026-01-05T10:00:00Z', ageSeconds: 61, ...more },
  ]);
  expect(problems).toEqual([
    expect.stringMatching(`^run ${weather('10')} \\(and 1 more: dev/rates-2026-01-05T10:00:00Z\\): `),
  ]);
});

test('a wait is named once it lasts', async () => {
  const failure: Run['failure'] = ['STREAM_NOT_DRAINED', 'read to 4 of 9'];
  expect((await problemsOf([{ id: weather('10'), ageSeconds: 5, failure }])).problems).toEqual([]);
  expect((await problemsOf([{ id: weather('10'), ageSeconds: 15, failure }])).problems).toHaveLength(1);
});

test('an old run that stands still is seen behind any number of newer ones, of its table and of others', async () => {
  const stuck: Run = { id: 'dev/rates-2026-01-01T00:00:00Z', failure: ['HTTP_STATUS', 'answered 503'] };
  const newer = (table: string) =>
    Array.from({ length: 150 }, (_, index) => ({ id: `dev/${table}-${index}`, ageSeconds: index }));
  const runs = [...newer('weather'), ...newer('rates'), { ...stuck, ageSeconds: 345_600 }];
  const { problems, lookedAt } = await problemsOf(runs);
  expect(lookedAt).toHaveLength(200);
  expect(lookedAt).toContain('dev/weather-149');
  expect(problems).toEqual([
    expect.stringMatching(`^run ${stuck.id}: `),
    'of 301 runs under way 101 were not looked at: http://ui/namespaces/default/workflows',
  ]);
});

test('where all were looked at nothing is said of others', async () => {
  const runs = Array.from({ length: 200 }, (_, index) => ({ id: `dev/weather-${index}` }));
  expect((await problemsOf(runs)).problems).toEqual([]);
});

test('of more than Temporal lists in ten answers, the rest is counted', async () => {
  const runs = Array.from({ length: 10_001 }, (_, index) => ({ id: `dev/weather-${index}` }));
  expect((await problemsOf(runs)).problems).toEqual([
    expect.stringMatching(/^of 10001 runs under way 9801 were not looked at/),
  ]);
});
