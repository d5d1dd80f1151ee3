import { setTimeout as sleep } from 'node:timers/promises';
import { connectMariaDb, type Row } from '../../src/clients/mariadb.ts';
import type { LiveEnv } from '../../test/support/live-env.ts';
import { offsetSeconds, pullName, PULLS, ROWS_PER_INTERVAL, type Timing } from './definitions.ts';
import { expectCount, type Group } from './figures.ts';

const RUNS_EACH = 2;
const POLL_MS = 10;
const MINUTE_MS = 60_000;
const PATIENCE_MS = 5 * MINUTE_MS;
const TABLES = Array.from({ length: PULLS }, (_, index) => pullName(index));

export const SLOT_SETTINGS = {
  slots: `${PULLS * RUNS_EACH} runs that their schedules started: ${PULLS} pulls with every.minutes(1), the first ${RUNS_EACH} whole slots of each after apply; in one round a slot every ${60 / PULLS} s, so that each run is alone, in the other all ${PULLS} on the same second`,
  slotRows: `${ROWS_PER_INTERVAL} rows an interval, one page from a vendor on this machine`,
  slotVisible: `from the nominal time to the run's start (Temporal's clock), to loaded_at in the ledger (MariaDB's clock, written just before the commit), and to the answer in which a reader with Superset's login sees the rows; it asks again ${POLL_MS} ms after each answer`,
};

/** Waits for scheduled runs of every pull, and times each from the nominal time of its slot. */
export async function slotsToMariaDb(
  env: LiveEnv,
  timing: Timing,
  progress: (line: string) => void,
): Promise<Pick<Group, 'timed' | 'counts'>> {
  // Whole seconds: a slot that was due while apply made the schedules does not count.
  const fromMs = Math.ceil(Date.now() / 1_000) * 1_000 + 1_000;
  const wanted = TABLES.flatMap((table, index) => wantedSlots(table, offsetSeconds(index, timing), fromMs));
  progress(`waiting for ${wanted.length} slots (${timing}), the last at ${lastOf(wanted)}`);
  const seen = await watch(env, wanted);
  const ledger = await ledgerOf(env, wanted);
  const startedMs: number[] = [];
  for (const { workflowSlot, table, slotMs } of wanted) {
    const run = env.temporal.workflow.getHandle(env.names.workflowId(table, workflowSlot));
    startedMs.push((await run.describe()).startTime.getTime() - slotMs);
  }
  return {
    timed: [
      { what: 'run started by Temporal', samplesMs: startedMs },
      { what: 'ledger row written', samplesMs: ledger.loadedMs },
      {
        what: 'rows seen by a reader',
        samplesMs: wanted.map((slot) => (seen.get(slot.key) ?? 0) - slot.slotMs),
      },
    ],
    counts: { runs: wanted.length, rows: ledger.rows },
  };
}

interface Slot {
  table: string;
  /** Table and start of the interval. */
  key: string;
  slotMs: number;
  /** The slot as workflow ids hold it. */
  workflowSlot: string;
}

function wantedSlots(table: string, offset: number, fromMs: number): Slot[] {
  const firstEnd = Math.ceil((fromMs - offset * 1_000) / MINUTE_MS) * MINUTE_MS;
  return Array.from({ length: RUNS_EACH }, (_, run) => {
    const endMs = firstEnd + run * MINUTE_MS;
    const slotMs = endMs + offset * 1_000;
    const workflowSlot = new Date(slotMs).toISOString().replace('.000Z', 'Z');
    return { table, key: `${table} ${endMs - MINUTE_MS}`, slotMs, workflowSlot };
  });
}

/** When a reader first sees each slot's rows, Unix ms. @throws when it ever sees some of an interval's rows */
async function watch(env: LiveEnv, wanted: Slot[]): Promise<Map<string, number>> {
  const reader = connectMariaDb(env.config.mariadb, env.config.mariadb.reader, { connections: 1 });
  const sql = TABLES.map(
    (table) => `SELECT '${table}' AS tbl, at, COUNT(*) AS n FROM ${env.names.schema}.${table} GROUP BY at`,
  ).join(' UNION ALL ');
  const seen = new Map<string, number>();
  const deadlineMs = Date.now() + PATIENCE_MS;
  try {
    while (!wanted.every(({ key }) => seen.has(key))) {
      if (Date.now() > deadlineMs) throw new Error(`only ${seen.size} intervals have come`);
      const rows = await reader.query(sql);
      const nowMs = Date.now();
      for (const row of rows) {
        const key = `${String(row['tbl'])} ${instantMs(row['at'])}`;
        if (seen.has(key)) continue;
        expectCount(`rows of ${key} that a reader sees`, Number(row['n']), ROWS_PER_INTERVAL);
        seen.set(key, nowMs);
      }
      await sleep(POLL_MS);
    }
  } finally {
    await reader.close();
  }
  return seen;
}

/** Of the wanted slots: when each was loaded, and that it was loaded once, whole, by its schedule. */
async function ledgerOf(
  { db, names }: LiveEnv,
  wanted: Slot[],
): Promise<{ loadedMs: number[]; rows: number }> {
  const rows = await db.query(
    `SELECT tbl, interval_start, loaded_at, staged_rows FROM ${names.storeSchema}.ledger WHERE started_by = 'schedule' AND loads = 1`,
  );
  const byKey = new Map(
    rows.map((row) => [`${String(row['tbl'])} ${instantMs(row['interval_start'])}`, row]),
  );
  const found = wanted.map(({ key }): Row => byKey.get(key) ?? {});
  for (const [index, { key }] of wanted.entries()) {
    expectCount(`rows of ${key} in the ledger`, Number(found[index]?.['staged_rows']), ROWS_PER_INTERVAL);
  }
  const loadedMs = wanted.map(({ slotMs }, index) => instantMs(found[index]?.['loaded_at']) - slotMs);
  return { loadedMs, rows: found.length * ROWS_PER_INTERVAL };
}

/** Of an instant as MariaDB shows it, in UTC. */
function instantMs(shown: unknown): number {
  return Date.parse(`${String(shown).replace(' ', 'T')}Z`);
}

function lastOf(wanted: Slot[]): string {
  return new Date(Math.max(...wanted.map(({ slotMs }) => slotMs))).toISOString().slice(11, 19);
}
