import { setTimeout as sleep } from 'node:timers/promises';
import { identifier, type Database } from '../clients/mariadb.ts';
import { durationText } from '../define/duration.ts';
import { MillraceError } from '../errors.ts';
import type { Names } from '../names.ts';
import { placesHere } from './places-here.ts';

/** How often a vendor may be asked, by all workers together, live and in backfills. */
export interface Budget {
  /** So many requests within any `perMs` milliseconds. Absent: any number. */
  requests?: number;
  perMs?: number;
  /** So many requests under way at the same time. Absent: any number. */
  atOnce?: number;
}

/** Shares the budgets of vendors among all who ask. */
export interface Turns {
  /**
   * Waits until one more request may be sent.
   * @param vendor whose budget it is: host and port
   * @param openForMs a request that has not ended by then has died with its worker
   * @throws HTTP_BUDGET_SPENT (retried when its turn comes) where the wait would be a long one
   */
  take(vendor: string, budget: Budget, options: { openForMs: number; signal: AbortSignal }): Promise<Turn>;
  /** Nobody who takes turns asks the vendor for so long. */
  pause(vendor: string, pauseMs: number): Promise<void>;
}

/** Leave to send one request. */
export interface Turn {
  /** The request has ended. @param wasAnswered whether the vendor has answered it, with whatever status */
  end(wasAnswered: boolean): Promise<void>;
}

/** Who would wait longer gives its place in the worker back, and comes again. */
const LONGEST_WAIT_MS = 20_000;
/** Whoever has waited that long for a place, and has none. */
const COME_AGAIN_MS = 1_000;
/** How often somebody looks whether a request of another worker has ended. */
const LOOK_AGAIN_MS = 25;
/** Of a window, how much later than it was put down a request may count at most: an answer may be late, too. */
const LATEST_PART = 0.25;
/** Turns between two sweeps of those that count no more. */
const SWEEP_EVERY = 100;

/**
 * Turns that all workers of an env share, by MariaDB's clock. A worker writes each request down before it sends it, with the
 * moment at which it may send it. A request that is late on its way can still make a window one too full.
 */
export function turnsIn(db: Database, names: Names): Turns {
  const vendors = identifier(names.storeSchema, 'vendors');
  const known = new Set<string>();
  const turns = turnTable(db, names);
  const here = placesHere();
  const lateness = latenessHere();
  let taken = 0;
  return {
    async take(vendor, budget, { openForMs, signal }) {
      if (!known.has(vendor)) await db.execute(`INSERT IGNORE INTO ${vendors} (vendor) VALUES (?)`, [vendor]);
      known.add(vendor);
      if (taken++ % SWEEP_EVERY === 0) await turns.sweep();
      const leave = await here.enter(vendor, budget.atOnce, { longestWaitMs: LONGEST_WAIT_MS, signal });
      if (leave === undefined) throw spent(vendor, COME_AGAIN_MS);
      try {
        const { id, atMs } = await putDown(turns, vendor, budget, { openForMs, signal });
        return {
          async end(wasAnswered) {
            // First in the store: whoever has the place here next looks there at once.
            await turns.end(id, wasAnswered ? lateness.of(vendor, atMs) : 0, budget).finally(leave);
          },
        };
      } catch (error) {
        leave();
        throw error;
      }
    },

    async pause(vendor, pauseMs) {
      await db.execute(
        `UPDATE ${vendors} SET resumes_at = GREATEST(COALESCE(resumes_at, UTC_TIMESTAMP(6)),
           UTC_TIMESTAMP(6) + INTERVAL ? MICROSECOND) WHERE vendor = ?`,
        [Math.round(pauseMs * 1_000), vendor],
      );
    },
  };
}

/**
 * How late a request came to its vendor, as far as that shows here: by how much longer its answer took than the fastest.
 * Of the first one nobody knows, and all of its time counts: this process may just have started.
 */
function latenessHere() {
  const fastest = new Map<string, number>();
  return {
    of(vendor: string, atMs: number): number {
      const tookMs = performance.now() - atMs;
      const fastestMs = fastest.get(vendor) ?? 0;
      fastest.set(vendor, fastestMs === 0 ? tookMs : Math.min(fastestMs, tookMs));
      return Math.max(0, tookMs - fastestMs);
    },
  };
}

/** Where all requests are put down. */
function turnTable(db: Database, names: Names) {
  const [vendors = '', turns = ''] = ['vendors', 'vendor_turns'].map((name) =>
    identifier(names.storeSchema, name),
  );
  return {
    /** @returns the turn and how long until then; or why there is none yet */
    put: (vendor: string, { requests, perMs = 0, atOnce }: Budget, openForMs: number): Promise<Put> =>
      db.transaction(async (tx) => {
        const windowUs = Math.ceil((perMs + marginOf(perMs)) * 1_000);
        const [held] = await tx.query(
          `SELECT COALESCE(TIMESTAMPDIFF(MICROSECOND, UTC_TIMESTAMP(6), resumes_at), 0) AS us
           FROM ${vendors} WHERE vendor = ? FOR UPDATE`,
          [vendor],
        );
        const pauseUs = Number(held?.['us'] ?? 0);
        if (atOnce !== undefined) {
          const [open] = await tx.query(
            `SELECT COUNT(*) AS n FROM ${turns} WHERE vendor = ? AND open_until > UTC_TIMESTAMP(6)`,
            [vendor],
          );
          if (Number(open?.['n']) >= atOnce) return { kind: 'full' };
        }
        // The one that has to be a whole window ago.
        const [last] =
          requests === undefined
            ? []
            : await tx.query(
                `SELECT TIMESTAMPDIFF(MICROSECOND, UTC_TIMESTAMP(6), at) + ? AS us FROM ${turns}
                 WHERE vendor = ? ORDER BY at DESC LIMIT 1 OFFSET ${requests - 1}`,
                [windowUs, vendor],
              );
        const waitUs = Math.max(0, pauseUs, Number(last?.['us'] ?? 0));
        const waitMs = Math.ceil(waitUs / 1_000);
        if (waitMs > LONGEST_WAIT_MS) return { kind: 'later', waitMs };
        const openUs = atOnce === undefined ? null : openForMs * 1_000;
        const { insertId } = await tx.execute(
          `INSERT INTO ${turns} (vendor, at, open_until, kept_until)
           SELECT ?, at, at + INTERVAL ? MICROSECOND, at + INTERVAL ? MICROSECOND
           FROM (SELECT UTC_TIMESTAMP(6) + INTERVAL ? MICROSECOND AS at) moment`,
          [vendor, openUs, windowUs + openForMs * 1_000, waitUs],
        );
        return { kind: 'turn', id: insertId, waitMs };
      }),

    /** @param lateMs how much later than it was put down the request came to the vendor */
    end: (id: number, lateMs: number, { perMs = 0 }: Budget) =>
      db.execute(`UPDATE ${turns} SET open_until = NULL, at = at + INTERVAL ? MICROSECOND WHERE id = ?`, [
        // The margin of the window covers the rest.
        Math.round(Math.min(Math.max(0, lateMs - marginOf(perMs)), perMs * LATEST_PART) * 1_000),
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

/** How much longer a window is here, so that two requests which are just far enough apart here are so there. */
function marginOf(windowMs: number): number {
  return windowMs * 0.01 + 20;
}

type Put =
  { kind: 'turn'; id: number; waitMs: number } | { kind: 'later'; waitMs: number } | { kind: 'full' };

/**
 * Puts a request down, once requests of other workers leave a place, and waits for its turn.
 * @returns the turn, and when it came on the clock of this process
 * @throws HTTP_BUDGET_SPENT
 */
async function putDown(
  turns: ReturnType<typeof turnTable>,
  vendor: string,
  budget: Budget,
  { openForMs, signal }: { openForMs: number; signal: AbortSignal },
): Promise<{ id: number; atMs: number }> {
  const untilMs = Date.now() + LONGEST_WAIT_MS;
  for (;;) {
    const put = await turns.put(vendor, budget, openForMs);
    if (put.kind === 'later') throw spent(vendor, put.waitMs);
    if (put.kind === 'turn' && put.waitMs === 0) return { id: put.id, atMs: performance.now() };
    if (put.kind === 'turn') {
      try {
        await sleep(put.waitMs, undefined, { signal });
        // The vendor may have asked for a pause since.
        if (!(await turns.isPaused(vendor))) return { id: put.id, atMs: performance.now() };
        await turns.giveBack(put.id);
      } catch (error) {
        await turns.giveBack(put.id);
        throw error;
      }
    } else await sleep(LOOK_AGAIN_MS, undefined, { signal });
    if (Date.now() > untilMs) throw spent(vendor, COME_AGAIN_MS);
  }
}

function spent(vendor: string, waitMs: number): MillraceError {
  const pause = durationText(Math.ceil(waitMs / 1_000) * 1_000);
  return new MillraceError(
    'HTTP_BUDGET_SPENT',
    `The budget of ${vendor} allows no more requests now. The run asks again in ${pause}. If its three hours end earlier, it fails: run the interval again then.`,
    { retryAfterMs: waitMs, context: { vendor } },
  );
}
