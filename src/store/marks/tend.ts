import { type Database, placeholders } from '../../clients/mariadb.ts';
import { CLEAN_TOPICS } from '../coverage.ts';
import { coarsen } from './coarsen.ts';
import { incarnationsOf } from './incarnations.ts';
import type { MarkTables } from './tables.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** The raw topic's retention of 7 days, and one more. */
const FINE_FOR_MS = 8 * DAY_MS;
const HOURS_FOR_MS = 35 * DAY_MS;
/** Longer than any load: one that runs may still record a coverage from before a mark was raised. */
const LOADS_END_WITHIN_MS = DAY_MS;
/** No interval is longer, where clocks go back. */
const LONGEST_INTERVAL_HOURS = 25;

/**
 * Keeps the marks of every stream few, and never lower than they are. Streams and tables that were retired count as
 * well: their rows in the ledger stay, and they may be defined again.
 *
 * - Old marks that every load of their time has covered say nothing any more: they are dropped. An event that comes
 *   later still makes a new one.
 * - The old ones that are left (nothing has reloaded their intervals yet) are merged: to hours, then to days. A merged
 *   bucket counts for every interval that it overlaps.
 * - A clean topic that was replaced is forgotten once it has no mark and no load names it.
 */
export async function tendMarks(db: Database, tables: MarkTables, nowMs: number = Date.now()): Promise<void> {
  const streams = await db.query(`SELECT DISTINCT stream FROM ${tables.progress}`);
  for (const row of streams) {
    const stream = String(row['stream']);
    const readers = await tablesLoadedFrom(db, tables, stream);
    const incarnations = await incarnationsOf(db, tables, stream);
    for (const [at, { id }] of incarnations.entries()) {
      const later = incarnations.slice(at + 1);
      const topic = { stream, id, later: later.map((one) => one.id), isOnly: incarnations.length === 1 };
      await dropSettled(db, tables, topic, readers, nowMs - FINE_FOR_MS);
      const replacedMs = later[0] === undefined ? Infinity : Date.parse(later[0].since);
      if (replacedMs < nowMs - LOADS_END_WITHIN_MS) await forgetReplaced(db, tables, stream, id);
    }
    await coarsen(db, tables, stream, HOUR_MS, nowMs - FINE_FOR_MS);
    await coarsen(db, tables, stream, DAY_MS, nowMs - HOURS_FOR_MS);
  }
}

/** By the ledger, which remembers what the catalogue has retired. */
async function tablesLoadedFrom(db: Database, { ledger }: MarkTables, stream: string): Promise<string[]> {
  const rows = await db.query(
    `SELECT DISTINCT tbl FROM ${ledger} WHERE JSON_EXISTS(positions, CONCAT('$."', ?, '"'))`,
    [stream],
  );
  return rows.map((row) => String(row['tbl']));
}

/** One of the clean topics that a stream has had. */
interface CleanTopic {
  stream: string;
  id: string;
  /** Those that were made after it. */
  later: readonly string[];
  isOnly: boolean;
}

/**
 * Drops the marks of one clean topic that no load has still to cover. A load that read a later topic came after every
 * event of this one; one that read an earlier topic came before. A load whose topic was not recorded settles nothing,
 * unless the stream has had this one alone.
 */
async function dropSettled(
  db: Database,
  { marks, ledger }: MarkTables,
  { stream, id, later, isOnly }: CleanTopic,
  readers: readonly string[],
  beforeMs: number,
): Promise<void> {
  const read = `COALESCE(JSON_VALUE(l.positions, CONCAT('$."${CLEAN_TOPICS}"."', ${marks}.stream, '"')), ?)`;
  const covered = `CAST(COALESCE(
    JSON_VALUE(l.positions, CONCAT('$."', ${marks}.stream, '"."', ${marks}.partition_no, '"')), '0') AS SIGNED)`;
  const unsettled = `SELECT 1 FROM ${ledger} l
    WHERE l.tbl IN ${placeholders(1, readers.length)}
      AND l.interval_start > FROM_UNIXTIME(${marks}.start_ms DIV 1000) - INTERVAL ${LONGEST_INTERVAL_HOURS} HOUR
      AND l.interval_start < FROM_UNIXTIME((${marks}.start_ms + ${marks}.length_ms) DIV 1000)
      AND l.interval_end > FROM_UNIXTIME(${marks}.start_ms DIV 1000)
      AND JSON_EXISTS(l.positions, CONCAT('$."', ${marks}.stream, '"'))
      ${later.length === 0 ? '' : `AND ${read} NOT IN ${placeholders(1, later.length)}`}
      AND (${read} <> ? OR ${covered} <= ${marks}.clean_offset)`;
  const unrecorded = isOnly ? id : '';
  await db.execute(
    `DELETE FROM ${marks} WHERE stream = ? AND incarnation = ? AND start_ms BETWEEN 0 AND ?
       AND raised_at < UTC_TIMESTAMP(3) - INTERVAL ${LOADS_END_WITHIN_MS / DAY_MS} DAY
       ${readers.length === 0 ? '' : `AND NOT EXISTS (${unsettled})`}`,
    [
      ...[stream, id, beforeMs],
      ...(readers.length === 0 ? [] : readers),
      ...(readers.length === 0 || later.length === 0 ? [] : [unrecorded, ...later]),
      ...(readers.length === 0 ? [] : [unrecorded, id]),
    ],
  );
}

/** While a load does not say which topic it read, the order of all of them tells it. */
async function forgetReplaced(
  db: Database,
  { marks, progress, ledger }: MarkTables,
  stream: string,
  id: string,
): Promise<void> {
  await db.execute(
    `DELETE FROM ${progress} WHERE stream = ? AND incarnation = ?
       AND NOT EXISTS (SELECT 1 FROM ${marks} m WHERE m.stream = ? AND m.incarnation = ?)
       AND NOT EXISTS (SELECT 1 FROM ${ledger} l
         WHERE JSON_EXISTS(l.positions, CONCAT('$."', ?, '"'))
           AND COALESCE(JSON_VALUE(l.positions, CONCAT('$."${CLEAN_TOPICS}"."', ?, '"')), ?) = ?)`,
    [stream, id, stream, id, stream, stream, id, id],
  );
}
