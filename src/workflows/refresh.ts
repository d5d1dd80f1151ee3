import { defineSearchAttributeKey, WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import { executeChild, ParentClosePolicy, workflowInfo } from '@temporalio/workflow';
import { awaitRun, check, drain, noteEnds, resolve, stage, swap } from './calls.ts';
import type { LoadReport, RefreshInput } from './messages.ts';
import { showDone, showLoad, showStep } from './show.ts';

const NOMINAL_TIME = defineSearchAttributeKey('TemporalScheduledStartTime', 'DATETIME');

/**
 * Loads one interval of one table. Scheduled, manual and backfill runs all come here.
 *
 * Only one workflow id may load an interval. Started under any other id, it runs that one as its child or, where
 * it is running already, waits for it.
 */
export async function refresh(input: RefreshInput): Promise<LoadReport> {
  const nominalTime = workflowInfo().typedSearchAttributes.get(NOMINAL_TIME)?.toISOString();
  const resolution = await resolve({ ...input, ...(nominalTime === undefined ? {} : { nominalTime }) });
  if (!resolution.isCanonical) return runCanonical(resolution.workflowId, resolution.input);

  const { load } = resolution;
  showLoad(load);
  const ends = load.kind === 'rollup' ? await noteEnds(load) : {};
  showStep(load, 'waiting until Druid has every event');
  const positions = load.kind === 'rollup' ? await drain(load, ends) : {};
  showStep(load, 'staging rows');
  const staged = await stage(load, positions);
  await check(load, staged);
  showStep(load, `swapping in ${staged.rows} rows`);
  const report = await swap(load, staged, positions);
  showDone(load, report);
  return report;
}

async function runCanonical(workflowId: string, input: RefreshInput): Promise<LoadReport> {
  try {
    return await executeChild(refresh, {
      workflowId,
      args: [input],
      staticSummary: `${input.table} ${input.interval}`,
      workflowIdReusePolicy: 'ALLOW_DUPLICATE',
      // When the one that asked is terminated or times out, this one goes on: others may wait for it. A cancel is
      // another matter: it is passed on to a child, though not to a run that is only waited for.
      parentClosePolicy: ParentClosePolicy.ABANDON,
    });
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    return awaitRun(workflowId);
  }
}
