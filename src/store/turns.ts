import { setTimeout as sleep } from 'node:timers/promises';
import { identifier, type Database } from '../clients/mariadb.ts';
import { durationText } from '../define/duration.ts';
import { MillraceError } from '../errors.ts';
import type { Names } from '../names.ts';
import type { Budget } from './budget.ts';
import { placesHere } from './places-here.ts';
import { turnTable, type TurnTable } from './turn-table.ts';

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
/** Of a vendor, by which it is judged how long an answer usually takes. */
const REMEMBERED_ANSWERS = 32;
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
 * How late a request came to its vendor, as far as that shows here: by how much longer its answer took than that of a usual
 * fast one. Not than the fastest of all: an answer without rows may take no time.
 * Of the first one nobody knows, and all of its time counts: this process may just have started.
 */
function latenessHere() {
  const lastOf = new Map<string, number[]>();
  return {
    of(vendor: string, atMs: number): number {
      const tookMs = performance.now() - atMs;
      const last = lastOf.get(vendor) ?? [];
      lastOf.set(vendor, [...last, tookMs].slice(-REMEMBERED_ANSWERS));
      const fast = last.toSorted((a, b) => a - b)[Math.floor(last.length / 4)] ?? 0;
      return Math.max(0, tookMs - fast);
    },
  };
}

/**
 * Puts a request down, once requests of other workers leave a place, and waits for its turn.
 * @returns the turn, and when it came on the clock of this process
 * @throws HTTP_BUDGET_SPENT
 */
async function putDown(
  turns: TurnTable,
  vendor: string,
  budget: Budget,
  { openForMs, signal }: { openForMs: number; signal: AbortSignal },
): Promise<{ id: number; atMs: number }> {
  const untilMs = Date.now() + LONGEST_WAIT_MS;
  for (;;) {
    const askedMs = performance.now();
    const put = await turns.put(vendor, budget, { openForMs, longestWaitMs: LONGEST_WAIT_MS });
    if (put.kind === 'later') throw spent(vendor, put.waitMs);
    if (put.kind === 'turn') {
      // What passes from here on until it is sent counts as late, too.
      const turn = { id: put.id, atMs: askedMs + put.waitMs };
      if (put.waitMs === 0) return turn;
      try {
        await sleep(put.waitMs, undefined, { signal });
        // The vendor may have asked for a pause since.
        if (!(await turns.isPaused(vendor))) return turn;
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
