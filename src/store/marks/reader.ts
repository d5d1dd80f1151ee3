import type { Database } from '../../clients/mariadb.ts';
import type { Names } from '../../names.ts';
import { type Mark, partitionsAhead, type StreamCoverage } from './ahead.ts';
import { type Incarnation, incarnationsOf } from './incarnations.ts';
import { markTables } from './tables.ts';

/** The marks as healing reads them. */
export interface MarksReader {
  /** The marks of a stream that touch `[start, end)`, of all the clean topics that it has had. */
  marksOf(stream: string, interval: { start: string; end: string }): Promise<Mark[]>;
  /** The clean topics that a stream has had, the oldest first. */
  incarnations(stream: string): Promise<Incarnation[]>;
  /** The partitions that have brought events of this interval since a load. Empty: the load has them all. */
  aheadOf(
    stream: string,
    interval: { start: string; end: string },
    coverage: StreamCoverage,
  ): Promise<number[]>;
}

/** A bucket is never longer. */
const DAY_MS = 86_400_000;

export function marksReaderIn(db: Database, names: Pick<Names, 'storeSchema'>): MarksReader {
  const tables = markTables(names);
  const reader: MarksReader = {
    async marksOf(stream, { start, end }) {
      const [startMs, endMs] = [Date.parse(start), Date.parse(end)];
      const rows = await db.query(
        `SELECT incarnation, partition_no, start_ms, length_ms, clean_offset FROM ${tables.marks}
         WHERE stream = ? AND start_ms > ? AND start_ms < ? AND start_ms + length_ms > ?`,
        [stream, startMs - DAY_MS - 1, endMs, startMs],
      );
      return rows.map((row) => ({
        incarnation: String(row['incarnation']),
        partition: Number(row['partition_no']),
        startMs: Number(row['start_ms']),
        lengthMs: Number(row['length_ms']),
        offset: BigInt(String(row['clean_offset'])),
      }));
    },
    incarnations: (stream) => incarnationsOf(db, tables, stream),
    async aheadOf(stream, interval, coverage) {
      const [marks, incarnations] = await Promise.all([
        reader.marksOf(stream, interval),
        reader.incarnations(stream),
      ]);
      return partitionsAhead(marks, interval, coverage, incarnations);
    },
  };
  return reader;
}
