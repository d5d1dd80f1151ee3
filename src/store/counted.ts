import { identifier, type Database, type Row } from '../clients/mariadb.ts';
import type { Names } from '../names.ts';
import { streamCoverage, type Offsets } from './coverage.ts';
import { dateTime, instantOf } from './instants.ts';
import type { StreamCoverage } from './marks/ahead.ts';

/** A loaded interval of a table whose rows count the events of a stream. */
export interface CountedInterval {
  start: string;
  end: string;
  /** The sum of the counting column over the rows of the interval. */
  counted: number;
  /** How far the load had come in the stream. */
  coverage: StreamCoverage;
  /** When the run of the load began, before it noted any end; absent where that is not known. */
  beganAt?: string;
  /** Of the definition that the interval was loaded from. */
  dataHash: string;
}

export interface CountedColumn {
  table: string;
  column: string;
  stream: string;
}

/** Half-open, RFC 3339. */
interface Range {
  from: string;
  to: string;
}

const INTERVALS_PER_PAGE = 1_000;

/**
 * The loaded intervals of a table that lie within [from, to), the oldest first. Sum and coverage come from one
 * statement: they are of one load, whatever is swapped meanwhile. Memory: one page of 1,000.
 */
export async function* countedIntervals(
  db: Database,
  { schema, storeSchema }: Names,
  { table, column, stream }: CountedColumn,
  { from, to }: Range,
): AsyncGenerator<CountedInterval> {
  let after: string | undefined;
  for (;;) {
    const rows = await db.query(
      `SELECT l.interval_start, l.interval_end, l.positions, l.loaded_at, l.data_hash, s.started_at,
         (SELECT SUM(t.${identifier(column)}) FROM ${identifier(schema, table)} t
           WHERE t._interval_start = l.interval_start) AS counted
       FROM ${identifier(storeSchema, 'ledger')} l
       LEFT JOIN ${identifier(storeSchema, 'loads')} s ON s.id = l.load_id
       WHERE l.tbl = ? AND l.interval_start ${after === undefined ? '>=' : '>'} ? AND l.interval_end <= ?
       ORDER BY l.interval_start LIMIT ${INTERVALS_PER_PAGE}`,
      [table, dateTime(after ?? from), dateTime(to)],
    );
    for (const row of rows) yield countedOf(row, stream);
    after = rows.length < INTERVALS_PER_PAGE ? undefined : instantOf(rows.at(-1)?.['interval_start']);
    if (after === undefined) return;
  }
}

function countedOf(row: Row, stream: string): CountedInterval {
  // Written by the ledger alone: its shape is known.
  const coverage = JSON.parse(String(row['positions'])) as Offsets;
  const beganAt = row['started_at'];
  return {
    start: instantOf(row['interval_start']),
    end: instantOf(row['interval_end']),
    counted: Number(row['counted'] ?? 0),
    coverage: streamCoverage({ coverage, loadedAt: instantOf(row['loaded_at']) }, stream),
    ...(beganAt === null || beganAt === undefined ? {} : { beganAt: instantOf(beganAt) }),
    dataHash: String(row['data_hash']),
  };
}
