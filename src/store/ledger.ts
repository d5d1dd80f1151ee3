import { identifier, type Database } from '../clients/mariadb.ts';
import type { Names } from '../names.ts';
import type { Offsets } from './coverage.ts';
import { dateTime, instantOf } from './instants.ts';
import type { LoadKey } from './loads.ts';

/** A load, as the ledger records it. */
export interface LedgerEntry extends LoadKey {
  definitionHash: string;
  trigger: string;
  workflowId: string;
}

export interface LedgerRow {
  table: string;
  intervalStart: string;
  intervalEnd: string;
  loadId: string;
  rows: number;
  definitionHash: string;
  trigger: string;
  /** How often this interval has been loaded. */
  loads: number;
  loadedAt: string;
}

/** A row with all that says whether it is still right. */
export interface CoveredRow extends LedgerRow {
  /** Over what decides the numbers: a load under another one is dirty. */
  dataHash: string;
  /** How far the load had come: by stream and partition, the next clean offset; see `streamCoverage`. */
  coverage: Offsets;
}

export interface TableSummary {
  table: string;
  intervals: number;
  rows: number;
  /** Start of the newest loaded interval, and when that was loaded. */
  newest: string;
  loadedAt: string;
}

const ROWS_PER_PAGE = 1_000;

export type Ledger = ReturnType<typeof ledgerIn>;

/** What was loaded: one row per table and interval, written in the transaction that swaps its rows. */
export function ledgerIn(db: Database, names: Names) {
  const ledger = identifier(names.storeSchema, 'ledger');
  return {
    async find(on: Database, table: string, intervalStart: string): Promise<LedgerRow | undefined> {
      const rows = await on.query(`SELECT * FROM ${ledger} WHERE tbl = ? AND interval_start = ?`, [
        table,
        dateTime(intervalStart),
      ]);
      return rows.map(rowOf)[0];
    },

    /** The end of the newest interval of a table that is loaded; undefined: none is. */
    async newestEnd(table: string): Promise<string | undefined> {
      const [row] = await db.query(
        `SELECT interval_end FROM ${ledger} WHERE tbl = ? ORDER BY interval_start DESC LIMIT 1`,
        [table],
      );
      return row === undefined ? undefined : instantOf(row['interval_end']);
    },

    async record(
      tx: Database,
      load: LedgerEntry,
      loaded: { rows: number; dataHash: string; positions: Offsets },
    ): Promise<void> {
      await tx.execute(
        `INSERT INTO ${ledger} (tbl, interval_start, interval_end, load_id, staged_rows, definition_hash, data_hash,
           started_by, workflow_id, positions, loads, loaded_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1, UTC_TIMESTAMP(3))
         ON DUPLICATE KEY UPDATE interval_end = VALUES(interval_end), load_id = VALUES(load_id),
           staged_rows = VALUES(staged_rows), definition_hash = VALUES(definition_hash), data_hash = VALUES(data_hash),
           started_by = VALUES(started_by), workflow_id = VALUES(workflow_id), positions = VALUES(positions),
           loads = loads + 1, loaded_at = VALUES(loaded_at)`,
        [
          load.table,
          dateTime(load.interval.start),
          dateTime(load.interval.end),
          load.loadId,
          loaded.rows,
          load.definitionHash,
          loaded.dataHash,
          load.trigger,
          load.workflowId,
          JSON.stringify(loaded.positions),
        ],
      );
    },

    /**
     * The rows of a table whose intervals start in [from, to), the oldest first, with their coverage and hashes.
     * Memory: one page of 1,000, whatever the range.
     */
    async *rowsOf(table: string, from: string, to: string): AsyncGenerator<CoveredRow> {
      let after: string | undefined;
      for (;;) {
        const rows = await db.query(
          `SELECT tbl, interval_start, interval_end, load_id, staged_rows, definition_hash, data_hash, started_by,
             positions, loads, loaded_at FROM ${ledger}
           WHERE tbl = ? AND interval_start ${after === undefined ? '>=' : '>'} ? AND interval_start < ?
           ORDER BY interval_start LIMIT ${ROWS_PER_PAGE}`,
          [table, dateTime(after ?? from), dateTime(to)],
        );
        for (const row of rows) yield coveredRowOf(row);
        after = rows.length < ROWS_PER_PAGE ? undefined : instantOf(rows.at(-1)?.['interval_start']);
        if (after === undefined) return;
      }
    },

    /** Starts of the loaded intervals of a table within [from, to), as instants in UTC. */
    async loadedStarts(table: string, from: string, to: string): Promise<Set<string>> {
      const rows = await db.query(
        `SELECT interval_start FROM ${ledger} WHERE tbl = ? AND interval_start >= ? AND interval_start < ?`,
        [table, dateTime(from), dateTime(to)],
      );
      return new Set(rows.map((row) => instantOf(row['interval_start'])));
    },

    /** @param table that one alone; absent: each */
    async summaries(table?: string): Promise<TableSummary[]> {
      const rows = await db.query(
        `SELECT tbl, COUNT(*) AS n, SUM(staged_rows) AS total, MAX(interval_start) AS newest,
           MAX(loaded_at) AS loaded_at FROM ${ledger} ${table === undefined ? '' : 'WHERE tbl = ?'}
         GROUP BY tbl ORDER BY tbl`,
        table === undefined ? [] : [table],
      );
      return rows.map((row) => ({
        table: String(row['tbl']),
        intervals: Number(row['n']),
        rows: Number(row['total']),
        newest: instantOf(row['newest']),
        loadedAt: instantOf(row['loaded_at']),
      }));
    },
  };
}

function coveredRowOf(row: Record<string, unknown>): CoveredRow {
  return {
    ...rowOf(row),
    dataHash: String(row['data_hash']),
    // Written by `record` alone: its shape is known.
    coverage: JSON.parse(String(row['positions'])) as Offsets,
  };
}

function rowOf(row: Record<string, unknown>): LedgerRow {
  return {
    table: String(row['tbl']),
    intervalStart: instantOf(row['interval_start']),
    intervalEnd: instantOf(row['interval_end']),
    loadId: String(row['load_id']),
    rows: Number(row['staged_rows']),
    definitionHash: String(row['definition_hash']),
    trigger: String(row['started_by']),
    loads: Number(row['loads']),
    loadedAt: instantOf(row['loaded_at']),
  };
}
