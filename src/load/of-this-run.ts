import { activityInfo } from '@temporalio/activity';
import { MillraceError } from '../errors.ts';
import type { LoadKey } from '../store/loads.ts';
import type { LoadDeps } from './deps.ts';
import type { Load, Staged } from './messages.ts';

/**
 * The load that belongs to the run in which this activity executes. Each run has one of its own: `temporal workflow
 * reset` makes another run, though it keeps what `resolve` told the one before.
 * @throws INPUT_INVALID outside a workflow
 */
export async function loadOfThisRun<L extends Omit<LoadKey, 'loadId'>>(
  { loads }: Pick<LoadDeps, 'loads'>,
  load: L,
): Promise<L & { loadId: string; runId: string }> {
  const run = activityInfo().workflowExecution;
  if (run === undefined) {
    throw new MillraceError('INPUT_INVALID', "A load belongs to a run: start the workflow 'refresh'.");
  }
  const { workflowId, runId } = run;
  return {
    ...load,
    loadId: await loads.idFor(`${workflowId}/${runId}`, load.table, load.interval.start),
    runId,
  };
}

/** The load whose rows were staged: that of the run that staged them. */
export function stagedLoad(load: Load, { loadId = load.loadId }: Staged): Load {
  return { ...load, loadId };
}
