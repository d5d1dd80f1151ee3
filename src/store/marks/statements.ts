import { type Database, type Scalar, placeholders } from '../../clients/mariadb.ts';
import type { MarkTables } from './tables.ts';
import type { MarkedPartition, Pending } from './track.ts';

const ROWS_PER_STATEMENT = 500;

/** Raises the marks of one partition. A lower offset never replaces a higher one. */
export async function writeMarks(
  tx: Database,
  { marks }: MarkTables,
  { stream, incarnation, partition }: MarkedPartition,
  buckets: Pending['buckets'],
): Promise<void> {
  const all = [...buckets].flatMap(([lengthMs, starts]) =>
    [...starts].map(([startMs, offset]) => [startMs, lengthMs, offset] as const),
  );
  for (let at = 0; at < all.length; at += ROWS_PER_STATEMENT) {
    const rows = all.slice(at, at + ROWS_PER_STATEMENT);
    const values: Scalar[] = rows.flatMap((row) => [stream, incarnation, partition, ...row]);
    await tx.execute(
      `INSERT INTO ${marks} (stream, incarnation, partition_no, start_ms, length_ms, clean_offset)
       VALUES ${placeholders(rows.length, 6)}
       ON DUPLICATE KEY UPDATE
         raised_at = IF(VALUES(clean_offset) > clean_offset, UTC_TIMESTAMP(3), raised_at),
         clean_offset = GREATEST(clean_offset, VALUES(clean_offset))`,
      values,
    );
  }
}

export async function writeProgress(
  tx: Database,
  { progress }: MarkTables,
  { stream, incarnation, partition }: MarkedPartition,
  next: bigint,
): Promise<void> {
  await tx.execute(
    `INSERT INTO ${progress} (stream, incarnation, partition_no, clean_offset) VALUES (?, ?, ?, ?)
     ON DUPLICATE KEY UPDATE clean_offset = GREATEST(clean_offset, VALUES(clean_offset))`,
    [stream, incarnation, partition, next],
  );
}

/** 0: nothing of this partition has been noted yet. */
export async function readProgress(
  db: Database,
  { progress }: MarkTables,
  { stream, incarnation, partition }: MarkedPartition,
): Promise<bigint> {
  const [row] = await db.query(
    `SELECT clean_offset FROM ${progress} WHERE stream = ? AND incarnation = ? AND partition_no = ?`,
    [stream, incarnation, partition],
  );
  // BIGINT is read as text.
  const offset = row?.['clean_offset'];
  return typeof offset === 'string' ? BigInt(offset) : 0n;
}
