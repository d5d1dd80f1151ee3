import { identifier, type Database } from '../clients/mariadb.ts';
import type { Names } from '../names.ts';
import type { Budget } from './budget.ts';

/** What came of putting a request down: its turn, and how long until then; or why there is none yet. */
export type Put =
  { kind: 'turn'; id: number; waitMs: number } | { kind: 'later'; waitMs: number } | { kind: 'full' };

export type TurnTable = ReturnType<typeof turnTable>;

/** Of a window, how much later than it was put down a request may count at most: an answer may be late, too. */
const MOST_LATE_SHARE = 0.25;

/** Where all requests are put down. */
export function turnTable(db: Database, names: Names) {
  const [vendors = '', turns = ''] = ['vendors', 'vendor_turns'].map((name) =>
    identifier(names.storeSchema, name),
  );
  return {
    /** @param options a turn that is further away than `longestWaitMs` is not put down */
    put: (
      vendor: string,
      { requests, perMs = 0, atOnce }: Budget,
      { openForMs, longestWaitMs }: { openForMs: number; longestWaitMs: number },
    ): Promise<Put> =>
      db.transaction(async (tx) => {
        const windowUs = Math.ceil((perMs + marginOf(perMs)) * 1_000);
        const [held] = await tx.query(`SELECT resumes_at FROM ${vendors} WHERE vendor = ? FOR UPDATE`, [
          vendor,
        ]);
        if (atOnce !== undefined) {
          const [open] = await tx.query(
            `SELECT COUNT(*) AS n FROM ${turns} WHERE vendor = ? AND open_until > UTC_TIMESTAMP(6)`,
            [vendor],
          );
          if (Number(open?.['n']) >= atOnce) return { kind: 'full' };
        }
        // When the oldest request of the window leaves it. The statement reads the clock once: with two readings, each window
        // would lose the time between them.
        const last =
          requests === undefined
            ? 'NULL'
            : `(SELECT at + INTERVAL ? MICROSECOND FROM ${turns} WHERE vendor = ? ORDER BY at DESC LIMIT 1 OFFSET ${requests - 1})`;
        const [turn] = await tx.query(
          `SELECT at, TIMESTAMPDIFF(MICROSECOND, now, at) AS wait_us
           FROM (SELECT now, GREATEST(now, COALESCE(?, now), COALESCE(${last}, now)) AS at
                 FROM (SELECT UTC_TIMESTAMP(6) AS now) clock) moment`,
          [text(held?.['resumes_at']), ...(requests === undefined ? [] : [windowUs, vendor])],
        );
        const waitMs = Math.ceil(Number(turn?.['wait_us']) / 1_000);
        if (waitMs > longestWaitMs) return { kind: 'later', waitMs };
        const at = text(turn?.['at']);
        const openUs = atOnce === undefined ? null : openForMs * 1_000;
        const { insertId } = await tx.execute(
          `INSERT INTO ${turns} (vendor, at, open_until, kept_until)
           VALUES (?, ?, ? + INTERVAL ? MICROSECOND, ? + INTERVAL ? MICROSECOND)`,
          [vendor, at, at, openUs, at, windowUs + openForMs * 1_000],
        );
        return { kind: 'turn', id: insertId, waitMs };
      }),

    /** @param lateMs how much later than it was put down the request came to the vendor */
    end: (id: number, lateMs: number, { perMs = 0 }: Budget) =>
      db.execute(`UPDATE ${turns} SET open_until = NULL, at = at + INTERVAL ? MICROSECOND WHERE id = ?`, [
        // The margin of the window covers the rest.
        Math.round(Math.min(Math.max(0, lateMs - marginOf(perMs)), perMs * MOST_LATE_SHARE) * 1_000),
        id,
      ]),

    /** A request that is not sent does not count. */
    giveBack: (id: number) => db.execute(`DELETE FROM ${turns} WHERE id = ?`, [id]),

    async isPaused(vendor: string): Promise<boolean> {
      const sql = `SELECT 1 FROM ${vendors} WHERE vendor = ? AND resumes_at > UTC_TIMESTAMP(6)`;
      return (await db.query(sql, [vendor])).length > 0;
    },

    sweep: () => db.execute(`DELETE FROM ${turns} WHERE kept_until < UTC_TIMESTAMP(6) LIMIT 1000`),
  };
}

/** An instant as MariaDB wrote it. */
function text(instant: unknown): string | null {
  return typeof instant === 'string' ? instant : null;
}

/**
 * How much longer a window is here than at the vendor: the network may bring two requests closer together than they were
 * sent.
 */
function marginOf(windowMs: number): number {
  return windowMs * 0.01 + 20;
}
