import { type Database, placeholders } from '../../clients/mariadb.ts';
import { dateTime } from '../instants.ts';
import { type Incarnation, incarnationsOf } from './incarnations.ts';
import type { MarkTables } from './tables.ts';

/** A stream whose marks are tended. */
export interface TendedStream {
  stream: string;
  /** The tables that are loaded from it. */
  tables: readonly string[];
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** The raw topic's retention of 7 days, and one more. */
const FINE_FOR_MS = 8 * DAY_MS;
const HOURS_FOR_MS = 35 * DAY_MS;
/** Longer than any load: one that runs may still record a coverage from before a mark was raised. */
const LOADS_END_WITHIN_DAYS = 1;
/** No interval is longer, where clocks go back. */
const LONGEST_INTERVAL_HOURS = 25;

/**
 * Keeps the marks few, and never lower than they are.
 *
 * - Old marks that every load of their time has covered say nothing any more: they are dropped. An event that comes
 *   later still makes a new one.
 * - The old ones that are left (nothing has reloaded their intervals yet) are merged: to hours, then to days. A merged
 *   bucket counts for every interval that it overlaps.
 */
export async function tendMarks(
  db: Database,
  tables: MarkTables,
  streams: readonly TendedStream[],
  nowMs: number = Date.now(),
): Promise<void> {
  for (const { stream, tables: readers } of streams) {
    const incarnations = await incarnationsOf(db, tables, stream);
    await dropSettled(db, tables, stream, readers, incarnations, nowMs - FINE_FOR_MS);
    await coarsen(db, tables, stream, HOUR_MS, nowMs - FINE_FOR_MS);
    await coarsen(db, tables, stream, DAY_MS, nowMs - HOURS_FOR_MS);
  }
}

/** Of the topic in use alone: what a load has covered of another one says nothing of these offsets. */
async function dropSettled(
  db: Database,
  { marks, ledger }: MarkTables,
  stream: string,
  readers: readonly string[],
  incarnations: readonly Incarnation[],
  beforeMs: number,
): Promise<void> {
  const current = incarnations.at(-1);
  if (current === undefined) return;
  // Loads from before the first mark ever written have read the first topic that we know.
  const isFirst = incarnations.length === 1;
  const unsettled = `SELECT 1 FROM ${ledger} l
    WHERE l.tbl IN ${placeholders(1, readers.length)}
      AND l.interval_start > FROM_UNIXTIME(${marks}.start_ms DIV 1000) - INTERVAL ${LONGEST_INTERVAL_HOURS} HOUR
      AND l.interval_start < FROM_UNIXTIME((${marks}.start_ms + ${marks}.length_ms) DIV 1000)
      AND l.interval_end > FROM_UNIXTIME(${marks}.start_ms DIV 1000)
      AND (${isFirst ? 'FALSE' : 'l.loaded_at < ?'}
        OR CAST(COALESCE(JSON_VALUE(l.positions, CONCAT('$."', ${marks}.stream, '"."', ${marks}.partition_no, '"')), '0')
          AS SIGNED) <= ${marks}.clean_offset)`;
  await db.execute(
    `DELETE FROM ${marks} WHERE stream = ? AND incarnation = ? AND start_ms BETWEEN 0 AND ?
       AND raised_at < UTC_TIMESTAMP(3) - INTERVAL ${LOADS_END_WITHIN_DAYS} DAY
       ${readers.length === 0 ? '' : `AND NOT EXISTS (${unsettled})`}`,
    [
      stream,
      current.id,
      beforeMs,
      ...readers,
      ...(isFirst || readers.length === 0 ? [] : [dateTime(current.since, 'ms')]),
    ],
  );
}

/** A bucket goes only when the longer one that holds it stands at least as high: whoever raises it meanwhile is kept. */
async function coarsen(
  db: Database,
  { marks }: MarkTables,
  stream: string,
  lengthMs: number,
  beforeMs: number,
): Promise<void> {
  await db.execute(
    `INSERT INTO ${marks} (stream, incarnation, partition_no, start_ms, length_ms, clean_offset, raised_at)
     SELECT stream, incarnation, partition_no, FLOOR(start_ms / ?) * ?, ?, MAX(clean_offset), MAX(raised_at)
     FROM ${marks} WHERE stream = ? AND length_ms < ? AND start_ms < ?
     GROUP BY stream, incarnation, partition_no, FLOOR(start_ms / ?) * ?
     ON DUPLICATE KEY UPDATE
       raised_at = GREATEST(raised_at, VALUES(raised_at)),
       clean_offset = GREATEST(clean_offset, VALUES(clean_offset))`,
    [lengthMs, lengthMs, lengthMs, stream, lengthMs, beforeMs, lengthMs, lengthMs],
  );
  await db.execute(
    `DELETE FROM ${marks} WHERE stream = ? AND length_ms < ? AND start_ms < ? AND EXISTS (
       SELECT 1 FROM ${marks} coarse
       WHERE coarse.stream = ${marks}.stream AND coarse.incarnation = ${marks}.incarnation
         AND coarse.partition_no = ${marks}.partition_no AND coarse.length_ms = ?
         AND coarse.start_ms = FLOOR(${marks}.start_ms / ?) * ? AND coarse.clean_offset >= ${marks}.clean_offset)`,
    [stream, lengthMs, beforeMs, lengthMs, lengthMs, lengthMs],
  );
}
