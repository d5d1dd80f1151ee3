import { defineSearchAttributeKey } from '@temporalio/common';
import { continueAsNew, isCancellation, workflowInfo } from '@temporalio/workflow';
import type { Load, LoadReport, Offsets, RefreshInput } from '../load/messages.ts';
import { waitsForAnything } from '../load/waits-for-anything.ts';
import { lookups, moves, waits } from './calls.ts';
import { runCanonical } from './canonical-run.ts';
import { showDone, showLoad, showStep } from './show.ts';

const { resolve, noteEnds, check } = lookups;
const { drain } = waits;
const { stage, swap } = moves;

/**
 * Loads one interval of one table. Scheduled, manual and backfill runs all come here.
 *
 * Only one workflow id may load an interval. Started under any other id, it runs that one as its child or, where
 * it is running already, waits for it.
 *
 * A run that was reset (`temporal workflow reset`), whatever to, ends with a load of its own.
 */
export async function refresh(input: RefreshInput): Promise<LoadReport> {
  const work: Work = {};
  try {
    const report = await loadOrDelegate(input, work);
    if (isOfThisRun(work)) return report;
  } catch (error) {
    if (isCancellation(error) || isOfThisRun(work)) throw error;
  }
  return continueAsNew<typeof refresh>(input);
}

/** Who did what the end of a run rests on: a reset leaves in its history what the run before it did. */
interface Work {
  runId?: string | undefined;
}

/** Looked at where a run would end, and there alone: nothing that a reset keeps comes after that. */
function isOfThisRun(work: Work): boolean {
  const { runId, originalExecutionRunId } = workflowInfo();
  return runId === originalExecutionRunId || runId === work.runId;
}

async function loadOrDelegate(input: RefreshInput, work: Work): Promise<LoadReport> {
  const resolution = await resolve({ ...input, ...nominalTime() }, input);
  work.runId = resolution.runId;
  if (!resolution.isCanonical) {
    return runCanonical({ workflowId: resolution.workflowId }, resolution.input);
  }
  const { load } = resolution;
  showLoad(load);
  const coverage = await waitForSources(load);
  showStep(load, 'staging rows');
  const staged = await stage(load, coverage);
  work.runId = staged.runId;
  await check(load, staged);
  showStep(load, `swapping in ${staged.rows} rows`);
  const report = await swap(load, staged, coverage);
  showDone(load, report);
  return report;
}

/** @returns the load's coverage: up to where what it waited for is complete */
async function waitForSources(load: Load): Promise<Offsets> {
  if (!waitsForAnything(load)) return {};
  const ends = await noteEnds(load);
  showStep(load, `waiting until all of ${load.streams.join(', ')} is there`);
  return drain(load, ends);
}

const NOMINAL_TIME = defineSearchAttributeKey('TemporalScheduledStartTime', 'DATETIME');

/** The slot for which a schedule started this run. */
function nominalTime(): { nominalTime?: string } {
  const time = workflowInfo().typedSearchAttributes.get(NOMINAL_TIME);
  return time === undefined ? {} : { nominalTime: time.toISOString() };
}
