import { identifier, placeholders, type Database } from '../clients/mariadb.ts';
import type { Interval } from '../definition/calendar.ts';
import { MillraceError } from '../errors.ts';
import type { Names } from '../names.ts';
import { dateTime } from './instants.ts';

/** Which load of which interval. */
export interface LoadKey {
  table: string;
  interval: Interval;
  /** Decimal text. */
  loadId: string;
}

export type Loads = ReturnType<typeof loadsIn>;

/** Numbers of loads and of their attempts, and how far a load's staging has come. */
export function loadsIn(db: Database, names: Names) {
  const loads = identifier(names.storeSchema, 'loads');
  const fences = identifier(names.storeSchema, 'fences');
  const progress = identifier(names.storeSchema, 'load_progress');
  return {
    /** The number of the load that this workflow run carries out: the same however often it is asked. */
    async idFor(runKey: string, table: string, intervalStart: string): Promise<string> {
      const look = () => db.query(`SELECT id FROM ${loads} WHERE run_key = ?`, [runKey]);
      let [row] = await look();
      if (row === undefined) {
        await db.execute(
          `INSERT INTO ${loads} (run_key, tbl, interval_start, started_at) VALUES (?, ?, ?, UTC_TIMESTAMP(3)) ON DUPLICATE KEY UPDATE id = id`,
          [runKey, table, dateTime(intervalStart)],
        );
        [row] = await look();
      }
      return String(row?.['id']);
    },

    /**
     * Takes the next attempt number of an interval, and so overtakes every attempt before it. Committed at once:
     * from here on whatever an older attempt still tries to stage or swap is refused.
     *
     * @param activityTry which try of its activity this is; a try that wakes up after a later one began is refused,
     *   and so is a run that wakes up after a later run began
     * @throws LOAD_OVERTAKEN
     */
    async takeAttempt(load: LoadKey, activityTry: number): Promise<number> {
      const interval = [load.table, dateTime(load.interval.start)];
      await db.execute(
        `INSERT IGNORE INTO ${fences} (tbl, interval_start, attempt) VALUES (?, ?, 0)`,
        interval,
      );
      return db.transaction(async (tx) => {
        const [row] = await tx.query(
          `SELECT attempt, load_id, activity_try FROM ${fences} WHERE tbl = ? AND interval_start = ? FOR UPDATE`,
          interval,
        );
        const newest = Number(row?.['attempt']);
        const holder = BigInt(String(row?.['load_id']));
        const isLater = holder === BigInt(load.loadId) && Number(row?.['activity_try']) > activityTry;
        if (holder > BigInt(load.loadId) || isLater) throw overtaken(load, newest);
        await tx.execute(
          `UPDATE ${fences} SET attempt = ?, load_id = ?, activity_try = ? WHERE tbl = ? AND interval_start = ?`,
          [newest + 1, load.loadId, activityTry, ...interval],
        );
        return newest + 1;
      });
    },

    /**
     * Locks the interval's fence within a transaction and compares.
     * @throws LOAD_OVERTAKEN when the attempt is not the newest one
     */
    async holdAttempt(tx: Database, load: LoadKey, attempt: number): Promise<void> {
      const [row] = await tx.query(
        `SELECT attempt FROM ${fences} WHERE tbl = ? AND interval_start = ? FOR UPDATE`,
        [load.table, dateTime(load.interval.start)],
      );
      const newest = Number(row?.['attempt']);
      if (newest === attempt) return;
      throw overtaken(load, newest, attempt);
    },

    /** Notes that a try has ended because it had to wait, and for no fault. */
    async noteWait(loadId: string): Promise<void> {
      await db.execute(`UPDATE ${loads} SET waits = waits + 1 WHERE id = ?`, [loadId]);
    },

    /** How many tries of this load had to wait. */
    async waitsOf(loadId: string): Promise<number> {
      const [row] = await db.query(`SELECT waits FROM ${loads} WHERE id = ?`, [loadId]);
      return Number(row?.['waits'] ?? 0);
    },

    /** How far an earlier attempt of this load came; undefined when none has committed a page. */
    async progressOf(loadId: string) {
      const [row] = await db.query(
        `SELECT next_page, pages, staged_rows FROM ${progress} WHERE load_id = ?`,
        [loadId],
      );
      if (row === undefined) return undefined;
      const nextPage = row['next_page'];
      return {
        nextPage: typeof nextPage === 'string' ? nextPage : undefined,
        pages: Number(row['pages']),
        rows: Number(row['staged_rows']),
      };
    },

    /**
     * Records, in the transaction that stages the end of a page, where to go on after it (undefined: that was the last).
     * @param rows how many rows of the load are staged then
     */
    async recordPage(
      tx: Database,
      loadId: string,
      rows: number,
      nextPage: string | undefined,
    ): Promise<void> {
      await tx.execute(
        `INSERT INTO ${progress} (load_id, next_page, pages, staged_rows) VALUES (?, ?, 1, ?)
         ON DUPLICATE KEY UPDATE next_page = VALUES(next_page), pages = pages + 1,
           staged_rows = VALUES(staged_rows)`,
        [loadId, nextPage ?? null, rows],
      );
    },

    async forgetProgress(on: Database, loadIds: string[]): Promise<void> {
      if (loadIds.length === 0) return;
      await on.execute(
        `DELETE FROM ${progress} WHERE load_id IN ${placeholders(1, loadIds.length)}`,
        loadIds,
      );
    },

    /**
     * Other loads of the same interval that have left something behind, in the staging table or of their progress:
     * it is waste. Seldom any, however often the interval has been loaded.
     */
    async leftoversOf(load: LoadKey): Promise<string[]> {
      const stage = identifier(names.storeSchema, names.stagingTable(load.table));
      const rows = await db.query(
        `SELECT l.id FROM ${loads} l WHERE l.tbl = ? AND l.interval_start = ? AND l.id <> ?
           AND (EXISTS (SELECT 1 FROM ${progress} p WHERE p.load_id = l.id)
             OR EXISTS (SELECT 1 FROM ${stage} s WHERE s._load_id = l.id))`,
        [load.table, dateTime(load.interval.start), load.loadId],
      );
      return rows.map((row) => String(row['id']));
    },
  };
}

function overtaken(load: LoadKey, newest: number, attempt?: number): MillraceError {
  const which = attempt === undefined ? 'An attempt' : `Attempt ${attempt}`;
  return new MillraceError(
    'LOAD_OVERTAKEN',
    `${which} to load ${load.table} ${load.interval.start} was overtaken by attempt ${newest}. It wrote nothing; the newer one goes on.`,
    { context: { table: load.table, interval: load.interval.start, newest } },
  );
}
