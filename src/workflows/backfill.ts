import {
  ApplicationFailure,
  CancellationScope,
  continueAsNew,
  defineQuery,
  isCancellation,
  setHandler,
} from '@temporalio/workflow';
import type { ErrorCode } from '../errors.ts';
import { lookups } from './calls.ts';
import { runCanonical } from './canonical-run.ts';
import type {
  BackfillInput,
  BackfillState,
  PROGRESS_QUERY,
  BackfillProgress,
  BackfillReport,
  IntervalPage,
  LoadReport,
} from '../load/messages.ts';
import { showBackfill } from './show.ts';

const { listIntervals } = lookups;

const NOTHING_YET: BackfillProgress = { loaded: 0, failed: 0, rows: 0, firstFailures: [] };
const SHOWN_FAILURES = 5;

const howFar = defineQuery<BackfillState>('progress' satisfies typeof PROGRESS_QUERY);

type Listed = IntervalPage['intervals'][number];

/**
 * Loads every interval of a table whose start lies in [from, to), a few at a time. Each interval is an ordinary
 * `refresh` run under its own id; one that is running already is waited for. A failed interval does not stop the
 * others; the backfill then ends failed and names it.
 *
 * Cancelled, it starts no more and cancels the loads that it has started, each of which ends whole or not at all; runs
 * of others that it only waits for go on. Terminated, it starts no more and leaves all of them to finish.
 */
export async function backfill(input: BackfillInput): Promise<BackfillReport> {
  const { after: _, ...before } = input.carried ?? { ...NOTHING_YET, after: '' };
  const progress: BackfillProgress = { ...before, firstFailures: [...before.firstFailures] };
  let total: number | null = null;
  setHandler(howFar, () => ({ ...progress, total }));
  const page = await listIntervals(input);
  total = progress.loaded + progress.failed + page.remaining;
  showBackfill(input, progress, total);

  await inParallel(page.intervals, input.concurrency ?? 4, async (listed) => {
    const { start: interval, ...run } = listed;
    await count(progress, listed, () =>
      runCanonical(run, { table: input.table, interval, trigger: 'backfill' }),
    );
    showBackfill(input, progress, total);
  });

  if (page.after !== undefined) {
    return continueAsNew<typeof backfill>({ ...input, carried: { ...progress, after: page.after } });
  }
  if (progress.failed > 0) throw failure(input, progress, total);
  return { table: input.table, intervals: total, ...progress };
}

async function count(
  progress: BackfillProgress,
  { start }: Listed,
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
  const oneByOne = async () => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: width }, oneByOne));
}

/** As `innermost` of errors.ts, which is out of a workflow's reach. */
function rootMessage(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? rootMessage(error.cause) : error.message;
}

function failure(input: BackfillInput, progress: BackfillProgress, total: number): ApplicationFailure {
  const { failed, firstFailures } = progress;
  const rest = failed - firstFailures.length;
  return ApplicationFailure.create({
    type: 'BACKFILL_INCOMPLETE' satisfies ErrorCode,
    nonRetryable: true,
    message: [
      `${failed} of ${total} intervals of ${input.table} failed:`,
      ...firstFailures,
      ...(rest > 0
        ? [`… and ${rest} more: in Temporal, TableName = '${input.table}' AND ExecutionStatus = 'Failed'.`]
        : []),
      `The others are loaded. ${remedy(input)}`,
    ].join('\n'),
  });
}

function remedy({ table, reprocess = 'missing' }: BackfillInput): string {
  const one = `'npx millrace run ${table}@<start>'`;
  return reprocess === 'missing'
    ? `Mend the cause and run the same backfill again: it loads only what is missing. Or load one: ${one}.`
    : `Mend the cause, then load each that failed: ${one}. The same backfill loads every interval again. A backfill of what is missing skips an interval that still has rows of an earlier load.`;
}
