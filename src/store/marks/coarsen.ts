import type { Database } from '../../clients/mariadb.ts';
import type { MarkTables } from './tables.ts';

/**
 * Merges the marks of a stream from before `beforeMs` (Unix ms) into buckets of this length. None gets lower.
 *
 * A bucket goes only when the longer one that holds it stands at least as high: whoever raises it meanwhile is kept.
 */
export async function coarsen(
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
