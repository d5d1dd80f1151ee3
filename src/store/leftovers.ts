import { identifier, type Database } from '../clients/mariadb.ts';
import type { Names } from '../names.ts';
import { clearStage } from './staging.ts';

/** A load that has rows in a staging table, or a place at which it would go on. */
export interface StagedLoad {
  loadId: string;
  /** The run to which the load belongs. */
  workflowId: string;
  runId: string;
  /** How long ago it began. */
  ageMs: number;
}

/** What loads have in the staging tables of an env, the tables of retired definitions included. */
export function leftoversIn(db: Database, names: Names) {
  const store = (table: string) => identifier(names.storeSchema, table);
  const stages = async () => {
    const rows = await db.query(
      'SELECT table_name AS name FROM information_schema.tables WHERE table_schema = ? AND table_name LIKE ?',
      [names.storeSchema, names.stagingTable('%').replaceAll('_', '\\_')],
    );
    return rows.map(({ name }) => store(String(name)));
  };
  return {
    /** Every load that has something there, whether its run goes on or not. */
    async loads(): Promise<StagedLoad[]> {
      const parts = (await stages()).map((stage) => `SELECT DISTINCT _load_id AS id FROM ${stage}`);
      const rows = await db.query(
        `SELECT l.id, l.run_key, TIMESTAMPDIFF(SECOND, l.started_at, UTC_TIMESTAMP()) AS age FROM ${store('loads')} l
         JOIN (${[...parts, `SELECT load_id AS id FROM ${store('load_progress')}`].join(' UNION ')}) s ON s.id = l.id`,
      );
      return rows.map((row) => {
        const runKey = String(row['run_key']);
        const cut = runKey.lastIndexOf('/');
        return {
          loadId: String(row['id']),
          workflowId: runKey.slice(0, cut),
          runId: runKey.slice(cut + 1),
          ageMs: Number(row['age']) * 1_000,
        };
      });
    },

    /** Removes all that a load has there. */
    async remove(loadId: string): Promise<void> {
      await db.execute(`DELETE FROM ${store('load_progress')} WHERE load_id = ?`, [loadId]);
      for (const stage of await stages()) await clearStage((work) => work(db), stage, loadId);
    },
  };
}
