import { activityInfo } from '@temporalio/activity';
import type { LoadedDefinition } from '../definition/definition.ts';
import { stagingOf } from '../store/staging.ts';
import type { Load, Offsets, Staged } from '../workflows/messages.ts';
import type { ActivityDeps } from './deps.ts';
import { stagePull } from './stage-pull.ts';
import { stageRollup } from './stage-rollup.ts';

/**
 * Brings one interval's rows into the staging table, under a new attempt number.
 *
 * Safe to repeat: an attempt of the same load goes on where an earlier one came to (pages), or starts again on an
 * emptied stage (a Druid answer, which has no order).
 */
export const stage =
  (deps: ActivityDeps) =>
  async (load: Load, positions: Offsets): Promise<Staged> => {
    const definition = await loadedDefinition(deps, load);
    const attempt = await deps.loads.takeAttempt(load, activityInfo().attempt);
    await sweepOthers(deps, definition, load, attempt);
    const rows =
      definition.kind === 'pull'
        ? await stagePull(deps, definition, load, attempt)
        : await stageRollup(deps, definition, load, attempt, positions);
    return { attempt, rows };
  };

/** The definition that `resolve` fixed for this load. @throws TABLE_UNKNOWN */
export async function loadedDefinition(
  { catalogue }: Pick<ActivityDeps, 'catalogue'>,
  load: Load,
): Promise<LoadedDefinition> {
  const { definition } = await catalogue.byHash(load.definitionHash);
  // `resolve` refused every other kind.
  return definition as LoadedDefinition;
}

/** What overtaken loads of this interval left behind would stay for ever: no later load has their number. */
async function sweepOthers(
  deps: ActivityDeps,
  definition: LoadedDefinition,
  load: Load,
  attempt: number,
): Promise<void> {
  // Our attempt is committed, so none of theirs can add to it any more.
  const leftovers = await deps.loads.leftoversOf(load);
  if (leftovers.length === 0) return;
  await deps.db.transaction(async (tx) => {
    await deps.loads.holdAttempt(tx, load, attempt);
    await stagingOf(definition, deps.names).clear(tx, leftovers);
    await deps.loads.forgetProgress(tx, leftovers);
  });
}
