import type { LoadDeps } from '../load/deps.ts';
import type { Load, LoadReport, Offsets, Staged } from '../load/messages.ts';
import { onItsTable } from '../load/on-its-table.ts';
import { stagedLoad } from '../load/of-this-run.ts';
import { stagingOf } from '../store/staging.ts';

/**
 * Replaces the interval's rows by the staged ones and writes the ledger, in one transaction: a reader sees the old
 * interval or the new one.
 *
 * A load that the ledger already has is a no-op: the answer of an earlier try was lost, its work was not.
 * @throws LOAD_OVERTAKEN when another attempt has begun since · TABLE_UNKNOWN, OBJECT_GONE
 */
export const swap =
  (deps: LoadDeps) =>
  async (resolved: Load, staged: Staged, coverage: Offsets): Promise<LoadReport> => {
    const load = stagedLoad(resolved, staged);
    const { catalogue, db, ledger, loads, names } = deps;
    const { definition } = await catalogue.tableByHash(load.definitionHash);
    const staging = stagingOf(definition, names);
    return onItsTable(deps, load, async () => {
      const report = await db.transaction(async (tx) => {
        await loads.holdAttempt(tx, load, staged.attempt);
        const before = await ledger.find(tx, load.table, load.interval.start);
        if (before?.loadId === load.loadId) return { rows: before.rows, replacedRows: before.rows };
        const replaced = await staging.put(tx, load);
        const dataHash = await catalogue.holdDataHash(tx, load.definitionHash);
        await ledger.record(tx, load, { rows: replaced.rows, dataHash, positions: coverage });
        return replaced;
      });
      // Outside the swap's transaction: a reader need not wait for the sweeping.
      await staging.clear((work) => work(db), load.loadId);
      await loads.forgetProgress(db, [load.loadId]);
      return { table: load.table, interval: load.interval, loadId: load.loadId, ...report };
    });
  };
