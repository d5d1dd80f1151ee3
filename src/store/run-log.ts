import { identifier, placeholders, type Database } from '../clients/mariadb.ts';
import type { Names } from '../names.ts';
import { cutTo } from '../wording.ts';
import { dateTime, instantOf } from './instants.ts';

/** What an attempt of one step of a run says. */
export interface RunLine {
  workflowId: string;
  runId: string;
  table: string;
  /** RFC 3339; absent where the run has not resolved its interval yet. */
  intervalStart?: string;
  /** The activity, as workflows call it. */
  step: string;
  /** Which try of the step, from 1 on. */
  attempt: number;
  level: 'info' | 'warn';
  /** RFC 3339 with milliseconds. */
  at: string;
  line: string;
}

/** A line with its number: later lines have higher ones. */
export type KeptLine = RunLine & { id: number };

/** Longer ones are cut. In characters. */
const MAX_LINE = 4_000;
/** Beyond it, what is oldest of what could not be written yet is dropped: the log of a run is no reason to run out of memory. */
const MAX_PENDING = 10_000;
const ROWS_PER_INSERT = 200;

export type RunLog = ReturnType<typeof runLogIn>;

/**
 * What runs say while they load: by interval, long after the worker that said it has gone.
 *
 * Written behind the loads: `note` only remembers, and whoever made this calls `flush`. What a killed worker has not
 * written is lost, which loses no row of a table.
 */
export function runLogIn(db: Database, names: Pick<Names, 'storeSchema'>) {
  const table = identifier(names.storeSchema, 'run_log');
  let pending: RunLine[] = [];
  return {
    note(line: RunLine): void {
      pending.push(line);
      if (pending.length > MAX_PENDING) pending.shift();
    },

    /** Writes what is pending. @throws MARIADB_UNAVAILABLE, and keeps it */
    async flush(): Promise<void> {
      while (pending.length > 0) {
        const lines = pending.slice(0, ROWS_PER_INSERT);
        await db.execute(
          `INSERT INTO ${table} (workflow_id, run_id, tbl, interval_start, step, attempt, level, logged_at, line)
           VALUES ${placeholders(lines.length, 9)}`,
          lines.flatMap(valuesOf),
        );
        const written = new Set(lines);
        pending = pending.filter((line) => !written.has(line));
      }
    },

    /** The lines of an interval after a number, the oldest first: of its runs under this id, and under former ones. */
    async linesOf(
      { workflowId, ...interval }: { workflowId: string; table: string; intervalStart: string },
      after = 0,
    ): Promise<KeptLine[]> {
      const rows = await db.query(
        `SELECT id, workflow_id, run_id, tbl, interval_start, step, attempt, level, logged_at, line FROM ${table}
         WHERE (workflow_id = ? OR (tbl = ? AND interval_start = ?)) AND id > ? ORDER BY logged_at, id`,
        [workflowId, interval.table, dateTime(interval.intervalStart), after],
      );
      return rows.map(lineOf);
    },

    /** Forgets what is older than so many days. */
    async forget(days: number): Promise<void> {
      await db.execute(`DELETE FROM ${table} WHERE logged_at < UTC_TIMESTAMP() - INTERVAL ? DAY`, [days]);
    },
  };
}

function valuesOf({ intervalStart, ...line }: RunLine) {
  return [
    line.workflowId,
    line.runId,
    line.table,
    intervalStart === undefined ? null : dateTime(intervalStart),
    line.step,
    line.attempt,
    line.level,
    dateTime(line.at, 'ms'),
    cutTo(MAX_LINE, line.line),
  ];
}

function lineOf(row: Record<string, unknown>): KeptLine {
  const intervalStart = row['interval_start'];
  return {
    id: Number(row['id']),
    workflowId: String(row['workflow_id']),
    runId: String(row['run_id']),
    table: String(row['tbl']),
    ...(intervalStart === null ? {} : { intervalStart: instantOf(intervalStart) }),
    step: String(row['step']),
    attempt: Number(row['attempt']),
    level: row['level'] === 'warn' ? 'warn' : 'info',
    at: instantOf(row['logged_at']),
    line: String(row['line']),
  };
}
