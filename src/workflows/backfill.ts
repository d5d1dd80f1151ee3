import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import {
  ApplicationFailure,
  CancellationScope,
  ChildWorkflowFailure,
  continueAsNew,
  executeChild,
  isCancellation,
  ParentClosePolicy,
} from '@temporalio/workflow';
import { awaitRun, listIntervals } from './calls.ts';
import type {
  BackfillInput,
  BackfillProgress,
  BackfillReport,
  IntervalPage,
  LoadReport,
} from './messages.ts';
import { refresh } from './refresh.ts';
import { showBackfill } from './show.ts';

const NOTHING_YET: BackfillProgress = { loaded: 0, failed: 0, rows: 0, firstFailures: [] };
const SHOWN_FAILURES = 5;

type Target = IntervalPage['intervals'][number];

/**
 * Loads every interval of a table whose start lies in [from, to), a few at a time. Each interval is an ordinary
 * `refresh` run under its own id; one that is running already is waited for. A failed interval does not stop the
 * others; the backfill then ends failed and names it.
 */
export async function backfill(input: BackfillInput): Promise<BackfillReport> {
  const { after: _, ...before } = input.carried ?? { ...NOTHING_YET, after: '' };
  const progress: BackfillProgress = { ...before, firstFailures: [...before.firstFailures] };
  const page = await listIntervals(input);
  const total = progress.loaded + progress.failed + page.remaining;
  showBackfill(input, progress, total);

  await inParallel(page.intervals, input.concurrency ?? 4, async (target) => {
    await count(progress, target, () => load(input, target));
    showBackfill(input, progress, total);
  });

  if (page.after !== undefined) {
    return continueAsNew<typeof backfill>({ ...input, carried: { ...progress, after: page.after } });
  }
  if (progress.failed > 0) throw failure(input, progress, total);
  return { table: input.table, intervals: total, ...progress };
}

async function load({ table }: BackfillInput, { start, workflowId, taskQueue }: Target): Promise<LoadReport> {
  try {
    return await executeChild(refresh, {
      workflowId,
      taskQueue,
      args: [{ table, interval: start, trigger: 'backfill' }],
      staticSummary: `${table} ${start}`,
      workflowIdReusePolicy: 'ALLOW_DUPLICATE',
      // A load that has begun is finished: it is whole either way.
      parentClosePolicy: ParentClosePolicy.ABANDON,
    });
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    return awaitRun(workflowId);
  }
}

async function count(
  progress: BackfillProgress,
  { start }: Target,
  run: () => Promise<LoadReport>,
): Promise<void> {
  try {
    // Not `+= await`: that reads the sum before the wait, and loses what others add meanwhile.
    const { rows } = await run();
    progress.rows += rows;
    progress.loaded += 1;
  } catch (error) {
    // One interval that somebody cancelled is one that failed; only the backfill's own end stops the others.
    if (isCancellation(error) && CancellationScope.current().consideredCancelled) throw error;
    progress.failed += 1;
    if (progress.firstFailures.length < SHOWN_FAILURES)
      progress.firstFailures.push(`${start}: ${rootMessage(error)}`);
  }
}

/** A sliding window: as one interval ends, the next begins. */
async function inParallel<T>(items: T[], width: number, work: (item: T) => Promise<void>): Promise<void> {
  const queue = [...items];
  const lane = async () => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: width }, lane));
}

function rootMessage(error: unknown): string {
  let deepest = error;
  while (
    deepest instanceof ChildWorkflowFailure ||
    (deepest instanceof Error && deepest.cause instanceof Error)
  ) {
    if (!(deepest.cause instanceof Error)) break;
    deepest = deepest.cause;
  }
  return deepest instanceof Error ? deepest.message : String(deepest);
}

function failure(input: BackfillInput, progress: BackfillProgress, total: number): ApplicationFailure {
  return ApplicationFailure.create({
    type: 'BACKFILL_INCOMPLETE',
    nonRetryable: true,
    message: `${progress.failed} of ${total} intervals of ${input.table} failed:\n${progress.firstFailures.join('\n')}\nThe others are loaded. Mend the cause and run the same backfill again: it loads only what is missing.`,
  });
}
