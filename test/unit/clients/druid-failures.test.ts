import { describe, expect, it } from 'vitest';
import { lastFailure } from '../../../src/clients/druid-failures.ts';
import type { Call } from '../../../src/clients/druid-http.ts';

const NOW_MS = Date.parse('2026-01-05T12:00:00Z');
const HOUR = 3_600;

interface Listed {
  /** Seconds since it was made. */
  ago: number;
  status: 'SUCCESS' | 'FAILED' | 'RUNNING';
  says?: string;
  /** Seconds, of a task that has ended. */
  lived?: number;
  isEndedFromOutside?: boolean;
}

/** A Druid that lists these tasks, and has a report of each of the named ones. */
const druid =
  (tasks: Listed[], reports: Record<string, unknown> = {}): Call =>
  async ({ url }) => {
    const listed = tasks.map(({ ago, status, says = null, lived = 1, isEndedFromOutside }) => ({
      id: `task-${ago}`,
      type: 'index_kafka',
      statusCode: status,
      createdTime: new Date(NOW_MS - ago * 1_000).toISOString(),
      duration: status === 'RUNNING' || isEndedFromOutside ? -1 : lived * 1_000,
      errorMsg: says,
    }));
    const report = reports[/task\/(.*)\/reports/.exec(url)?.[1] ?? ''];
    const data = url.includes('?datasource=') ? listed : report;
    return { status: data === undefined ? 404 : 200, data } as Awaited<ReturnType<Call>>;
  };

const failureOf = (tasks: Listed[], reports?: Record<string, unknown>) =>
  lastFailure(druid(tasks, reports), 'http://druid', 'orders_v1', NOW_MS);

describe('the tasks of a stream fail', () => {
  it('once two have failed, one after the other', async () => {
    expect(
      await failureOf([
        { ago: 5, status: 'FAILED', says: 'java.lang.RuntimeException: no space\n\tat x' },
        { ago: 20, status: 'FAILED', says: 'earlier' },
      ]),
    ).toEqual({ taskId: 'task-5', why: 'no space', isOfRecord: false });
  });

  it('also while the third has only just begun', async () => {
    expect(
      await failureOf([
        { ago: 3, status: 'RUNNING' },
        { ago: 15, status: 'FAILED' },
        { ago: 30, status: 'FAILED' },
      ]),
    ).toEqual({ taskId: 'task-15', why: 'Druid does not say why', isOfRecord: false });
  });

  it('also where each one reads for an hour and fails as it publishes', async () => {
    expect(
      await failureOf([
        { ago: 1_200, status: 'RUNNING' },
        { ago: HOUR + 1_300, status: 'FAILED', says: 'No space left on device', lived: HOUR + 90 },
        { ago: 2 * HOUR + 1_400, status: 'FAILED', lived: HOUR + 90 },
      ]),
    ).toMatchObject({ why: 'No space left on device' });
  });

  it('and where Druid names a record, it is that record', async () => {
    const unreadable = { details: ['Timestamp[x] is unparseable!'] };
    const payload = { unparseableEvents: { buildSegments: [unreadable] } };
    expect(
      await failureOf(
        [
          { ago: 5, status: 'FAILED', says: 'Max parse exceptions' },
          { ago: 20, status: 'FAILED' },
        ],
        { 'task-5': { ingestionStatsAndErrors: { payload } } },
      ),
    ).toEqual({ taskId: 'task-5', why: 'Timestamp[x] is unparseable!', isOfRecord: true });
  });
});

describe('the tasks of a stream do not fail', () => {
  it.each<[string, Listed[]]>([
    ['where none has ended', [{ ago: 5, status: 'RUNNING' }]],
    ['where one has failed: the next may do better', [{ ago: 5, status: 'FAILED', says: 'indexer lost' }]],
    [
      'where the one before the failed one succeeded',
      [
        { ago: 5, status: 'FAILED' },
        { ago: 3_600, status: 'SUCCESS' },
      ],
    ],
    [
      'where they were ended from outside',
      [
        { ago: 5, status: 'FAILED', says: 'Killing task for graceful shutdown', isEndedFromOutside: true },
        { ago: 6, status: 'FAILED', says: 'Shutdown request from user', isEndedFromOutside: true },
      ],
    ],
    [
      'where one has gone on for 30 s since',
      [
        { ago: 31, status: 'RUNNING' },
        { ago: 50, status: 'FAILED' },
        { ago: 60, status: 'FAILED' },
      ],
    ],
    [
      'where one runs longer than those that failed as they published',
      [
        { ago: HOUR + 121, status: 'RUNNING' },
        { ago: 2 * HOUR + 240, status: 'FAILED', lived: HOUR + 120 },
        { ago: 3 * HOUR + 360, status: 'FAILED', lived: HOUR + 120 },
      ],
    ],
    [
      'where they failed more than two hours ago',
      [
        { ago: 2 * HOUR + 2, status: 'FAILED' },
        { ago: 2 * HOUR + 20, status: 'FAILED' },
      ],
    ],
  ])('%s', async (_what, tasks) => {
    expect(await failureOf(tasks)).toBeUndefined();
  });
});
