import { checkStaged } from '../load/checks/index.ts';
import type { LoadDeps } from '../load/deps.ts';
import type { Load, Staged } from '../load/messages.ts';
import { onItsTable } from '../load/on-its-table.ts';
import { stagedLoad } from '../load/of-this-run.ts';

/**
 * Judges the staged rows before the table is touched.
 * @throws the code of the first of `load/checks` that finds something (not retried), naming a row · OBJECT_GONE
 */
export const check =
  (deps: LoadDeps) =>
  async (resolved: Load, staged: Staged): Promise<void> => {
    const load = stagedLoad(resolved, staged);
    const { definition } = await deps.catalogue.tableByHash(load.definitionHash);
    await onItsTable(deps, load, () => checkStaged(deps, definition, load, staged));
  };
