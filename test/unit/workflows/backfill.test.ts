import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import { CancelledFailure, type ApplicationFailure } from '@temporalio/workflow';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { backfill } from '../../../src/workflows/backfill.ts';
import type { BackfillInput, IntervalPage, LoadReport } from '../../../src/load/messages.ts';

/** What Temporal does for the workflow: here, what a test says. */
const temporal = vi.hoisted(() => ({
  listIntervals: vi.fn<(input: unknown) => Promise<IntervalPage>>(),
  awaitRun: vi.fn<(workflowId: string) => Promise<LoadReport>>(),
  executeChild: vi.fn<(workflow: unknown, options: { workflowId: string }) => Promise<LoadReport>>(),
  continueAsNew: vi.fn<(input: unknown) => Promise<never>>(),
  details: [] as string[],
  /** What it answers to who asks how far it is. */
  progress: (): unknown => undefined,
  isCancelled: false,
}));

vi.mock('@temporalio/workflow', async (original) => ({
  ...(await original<object>()),
  proxyActivities: () => temporal,
  executeChild: temporal.executeChild,
  continueAsNew: temporal.continueAsNew,
  CancellationScope: { current: () => ({ consideredCancelled: temporal.isCancelled }) },
  upsertSearchAttributes: () => undefined,
  setCurrentDetails: (details: string) => temporal.details.push(details),
  setHandler: (_query: unknown, answer: () => unknown) => (temporal.progress = answer),
}));

const INPUT: BackfillInput = { table: 'weather', from: '2026-01-05T00:00:00Z', to: '2026-01-06T00:00:00Z' };

const report = (rows: number) => ({ rows }) as LoadReport;
const starts = (count: number) => Array.from({ length: count }, (_, n) => `h${n}`);
const page = (count: number, more: Partial<IntervalPage> = {}): IntervalPage => ({
  intervals: starts(count).map((start) => ({ start, workflowId: `run-${start}`, taskQueue: 'bulk' })),
  remaining: count,
  ...more,
});

beforeEach(() => {
  vi.resetAllMocks();
  temporal.details.length = 0;
  temporal.isCancelled = false;
  temporal.executeChild.mockResolvedValue(report(1));
});

describe('a backfill', () => {
  it('loads the intervals in the order of the page, and sums their rows', async () => {
    temporal.listIntervals.mockResolvedValue(page(3));
    temporal.executeChild.mockImplementation(async (_, { workflowId }) =>
      report(workflowId === 'run-h1' ? 10 : 1),
    );
    const done = await backfill({ ...INPUT, concurrency: 1 });
    expect(done).toEqual({
      table: 'weather',
      intervals: 3,
      loaded: 3,
      failed: 0,
      rows: 12,
      firstFailures: [],
    });
    expect(temporal.progress()).toEqual({ loaded: 3, failed: 0, rows: 12, firstFailures: [], total: 3 });
    expect(temporal.executeChild.mock.calls.map(([, { workflowId }]) => workflowId)).toEqual([
      'run-h0',
      'run-h1',
      'run-h2',
    ]);
    expect(temporal.details.at(-1)).toContain('3 of 3 intervals loaded, 0 failed, 12 rows');
  });

  it.each([
    [undefined, 4],
    [2, 2],
    [50, 10],
  ])(
    'told concurrency %s has %i of 10 runs at a time, and begins the next as one ends',
    async (told, most) => {
      temporal.listIntervals.mockResolvedValue(page(10));
      let [now, peak] = [0, 0];
      temporal.executeChild.mockImplementation(async () => {
        peak = Math.max(peak, ++now);
        await new Promise(setImmediate);
        now--;
        return report(1);
      });
      const done = await backfill({ ...INPUT, ...(told === undefined ? {} : { concurrency: told }) });
      expect({ peak, rows: done.rows }).toEqual({ peak: most, rows: 10 });
    },
  );

  it('waits for a run that somebody else has started, and counts its rows', async () => {
    temporal.listIntervals.mockResolvedValue(page(1));
    temporal.executeChild.mockRejectedValue(
      new WorkflowExecutionAlreadyStartedError('it runs', 'run-h0', 'refresh'),
    );
    temporal.awaitRun.mockResolvedValue(report(7));
    expect(await backfill(INPUT)).toMatchObject({ loaded: 1, rows: 7 });
    expect(temporal.awaitRun).toHaveBeenCalledWith('run-h0');
  });

  it('goes on after failures, then fails with their number and the innermost reasons of the first five', async () => {
    temporal.listIntervals.mockResolvedValue(page(8));
    temporal.executeChild.mockImplementation(async (_, { workflowId }) => {
      if (workflowId === 'run-h2') return report(1);
      const cause = new Error('activity failed', { cause: new Error(`the vendor refused ${workflowId}`) });
      throw new Error('child failed', { cause });
    });
    const failure = (await backfill(INPUT).catch((error: unknown) => error)) as ApplicationFailure;
    expect(failure).toMatchObject({ type: 'BACKFILL_INCOMPLETE', nonRetryable: true });
    expect(failure.message.split('\n')).toEqual([
      '7 of 8 intervals of weather failed:',
      ...['h0', 'h1', 'h3', 'h4', 'h5'].map((start) => `${start}: the vendor refused run-${start}`),
      "… and 2 more: in Temporal, TableName = 'weather' AND ExecutionStatus = 'Failed'.",
      expect.stringMatching(/^The others are loaded. Mend the cause and run the same backfill again/),
    ]);
    expect(temporal.executeChild).toHaveBeenCalledTimes(8);
  });

  it.each([
    [
      undefined,
      /the same backfill again: it loads only what is missing\. Or load one: 'npx millrace run weather@<start>'/,
    ],
    [
      'all',
      /load each that failed: 'npx millrace run weather@<start>'\. The same backfill loads every interval again/,
    ],
  ] as const)('of %s that fails says what to run then', async (reprocess, says) => {
    temporal.listIntervals.mockResolvedValue(page(1));
    temporal.executeChild.mockRejectedValue(new Error('the vendor refused'));
    await expect(backfill({ ...INPUT, ...(reprocess === undefined ? {} : { reprocess }) })).rejects.toThrow(
      says,
    );
  });

  it('that is cancelled is cancelled, not failed', async () => {
    temporal.isCancelled = true;
    temporal.listIntervals.mockResolvedValue(page(1));
    temporal.executeChild.mockRejectedValue(new CancelledFailure('stop'));
    await expect(backfill(INPUT)).rejects.toThrow(CancelledFailure);
  });

  it('of which one interval is cancelled loads the others, and ends failed', async () => {
    temporal.listIntervals.mockResolvedValue(page(3));
    temporal.executeChild.mockRejectedValueOnce(new CancelledFailure('stop'));
    await expect(backfill(INPUT)).rejects.toThrow('1 of 3 intervals of weather failed');
    expect(temporal.executeChild).toHaveBeenCalledTimes(3);
  });
});

describe('a backfill of more than a page', () => {
  it('carries what it did so far to the run that goes on', async () => {
    temporal.listIntervals.mockResolvedValue(page(2, { remaining: 5, after: 'h1' }));
    temporal.executeChild
      .mockResolvedValueOnce(report(3))
      .mockRejectedValueOnce(new Error('the vendor refused'));
    await backfill(INPUT);
    expect(temporal.continueAsNew).toHaveBeenCalledWith({
      ...INPUT,
      carried: {
        loaded: 1,
        failed: 1,
        rows: 3,
        firstFailures: ['h1: the vendor refused'],
        after: 'h1',
      },
    });
  });

  it('counts on from there, and fails at its end for what failed before', async () => {
    const carried = { loaded: 1, failed: 1, rows: 3, firstFailures: ['h1: no'], after: 'h1' };
    temporal.listIntervals.mockResolvedValue(page(3));
    const failure = await backfill({ ...INPUT, carried }).catch((error: unknown) => error);
    expect((failure as Error).message).toMatch(/^1 of 5 intervals of weather failed:\nh1: no\n/);
    expect(temporal.listIntervals).toHaveBeenCalledWith({ ...INPUT, carried });
    expect(temporal.details.at(-1)).toContain('4 of 5 intervals loaded, 1 failed, 6 rows');
    expect(carried.firstFailures, 'its input is left as it was').toEqual(['h1: no']);
  });
});
