import { identifier, isNoSuchTable, placeholders, type Database } from '../clients/mariadb.ts';
import { isMillraceError } from '../errors.ts';
import type { Names } from '../names.ts';
import { cutTo } from '../wording.ts';
import { dateTime, instantOf } from './instants.ts';

/** What a try of one step of a run says. */
export interface RunLine {
  workflowId: string;
  runId: string;
  table: string;
  /** RFC 3339; absent where the run has not resolved its interval yet. */
  intervalStart?: string;
  /** The activity, as workflows call it. */
  step: string;
  /** Which try of the step, from 1 on. */
  tryNumber: number;
  level: 'info' | 'warn';
  /** RFC 3339 with milliseconds. */
  at: string;
  line: string;
}

/** A line with its number: a line that was written later has a higher one. */
export type KeptLine = RunLine & { id: number };

/** Days for which lines are kept: as long as our own Temporal keeps runs. */
export const LOG_KEPT_DAYS = 30;

/** In characters, as the columns are long; what is longer is cut. */
const LONGEST = { workflowId: 512, runId: 64, table: 64, step: 64, line: 4_000 };
/** Beyond it the oldest line that could not be written yet is dropped: a log is no reason to run out of memory. */
const MAX_PENDING = 10_000;
const ROWS_PER_INSERT = 200;
const ROWS_PER_DELETE = 10_000;

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
  let dropped = 0;
  const insert = (lines: readonly RunLine[]) =>
    db.execute(
      `INSERT INTO ${table} (workflow_id, run_id, tbl, interval_start, step, attempt, level, logged_at, line)
       VALUES ${placeholders(lines.length, 9)}`,
      lines.flatMap(valuesOf),
    );
  return {
    note(line: RunLine): void {
      pending.push(fitting(line));
      if (pending.length <= MAX_PENDING) return;
      pending.shift();
      dropped += 1;
    },

    /**
     * Writes what is pending.
     * @returns how many lines were dropped since the last time: MariaDB refuses them, or could not be reached for long
     * @throws MARIADB_UNAVAILABLE, MARIADB_REFUSED (the store lacks the table), and keeps what is pending
     */
    async flush(): Promise<number> {
      while (pending.length > 0) {
        const lines = pending.slice(0, ROWS_PER_INSERT);
        await insert(lines).catch(async (error: unknown) => {
          if (!refusesARow(error)) throw error;
          dropped += await oneByOne(lines, insert);
        });
        const written = new Set(lines);
        pending = pending.filter((line) => !written.has(line));
      }
      const lost = dropped;
      dropped = 0;
      return lost;
    },

    /** The lines of an interval above a number, in order of time: of its runs under this id, and under former ones. */
    async linesOf(
      { workflowId, ...interval }: { workflowId: string; table: string; intervalStart: string },
      above = 0,
    ): Promise<KeptLine[]> {
      const rows = await db.query(
        `SELECT id, workflow_id, run_id, tbl, interval_start, step, attempt, level, logged_at, line FROM ${table}
         WHERE (workflow_id = ? OR (tbl = ? AND interval_start = ?)) AND id > ? ORDER BY logged_at, id`,
        [workflowId, interval.table, dateTime(interval.intervalStart), above],
      );
      return rows.map(lineOf);
    },

    /** Forgets the lines that are older than `LOG_KEPT_DAYS`, some at a time: nobody waits long for it. */
    async forget(): Promise<void> {
      for (;;) {
        const { affectedRows } = await db.execute(
          `DELETE FROM ${table} WHERE logged_at < UTC_TIMESTAMP() - INTERVAL ? DAY
           ORDER BY logged_at LIMIT ${ROWS_PER_DELETE}`,
          [LOG_KEPT_DAYS],
        );
        if (affectedRows < ROWS_PER_DELETE) return;
      }
    },
  };
}

/** One row that is refused must not keep the others out. @returns how many were refused */
async function oneByOne(
  lines: readonly RunLine[],
  insert: (lines: readonly RunLine[]) => Promise<unknown>,
): Promise<number> {
  let refused = 0;
  for (const line of lines) {
    await insert([line]).catch((error: unknown) => {
      if (!refusesARow(error)) throw error;
      refused += 1;
    });
  }
  return refused;
}

/** Without the table no apply has migrated the store yet: the rows are good. */
function refusesARow(error: unknown): boolean {
  return isMillraceError(error, 'MARIADB_REFUSED') && !isNoSuchTable(error);
}

/** Cut before it waits to be written: an outage is long. */
function fitting(line: RunLine): RunLine {
  const cut = Object.entries(LONGEST).map(([name, length]) => [
    name,
    cutTo(length, String(line[name as keyof typeof LONGEST])),
  ]);
  return { ...line, ...(Object.fromEntries(cut) as Pick<RunLine, keyof typeof LONGEST>) };
}

function valuesOf({ intervalStart, ...line }: RunLine) {
  return [
    line.workflowId,
    line.runId,
    line.table,
    intervalStart === undefined ? null : dateTime(intervalStart),
    line.step,
    line.tryNumber,
    line.level,
    dateTime(line.at, 'ms'),
    line.line,
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
    tryNumber: Number(row['attempt']),
    level: row['level'] === 'warn' ? 'warn' : 'info',
    at: instantOf(row['logged_at']),
    line: String(row['line']),
  };
}
