import { describe, expect, it } from 'vitest';
import { lastFailure } from '../../../src/clients/druid-failures.ts';
import type { Call } from '../../../src/clients/druid-http.ts';

const NOW_MS = Date.parse('2026-01-05T12:00:00Z');
/** What Druid 33 says of a task that it ended because its supervisor had only just been made. */
const NOT_RESUMED =
  'Killing forcefully as task could not be resumed in the first supervisor run after Overlord change.';

interface Listed {
  /** Seconds since it was made. */
  ago: number;
  status: 'SUCCESS' | 'FAILED' | 'RUNNING';
  says?: string;
}

/** A Druid that lists these tasks, and has a report of each of the named ones. */
const druid =
  (tasks: Listed[], reports: Record<string, unknown> = {}): Call =>
  async ({ url }) => {
    const listed = tasks.map(({ ago, status, says = null }) => ({
      id: `task-${ago}`,
      type: 'index_kafka',
      statusCode: status,
      createdTime: new Date(NOW_MS - ago * 1_000).toISOString(),
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
      'where a supervisor that had only just been made ended those of the one before',
      [
        { ago: 5, status: 'FAILED', says: NOT_RESUMED },
        { ago: 6, status: 'FAILED', says: NOT_RESUMED },
        { ago: 7, status: 'FAILED', says: NOT_RESUMED },
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
      'where they failed more than an hour ago',
      [
        { ago: 3_601, status: 'FAILED' },
        { ago: 3_620, status: 'FAILED' },
      ],
    ],
  ])('%s', async (_what, tasks) => {
    expect(await failureOf(tasks)).toBeUndefined();
  });
});
