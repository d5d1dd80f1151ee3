import type { SourceRecord } from '../../clients/kafka/port.ts';
import type { Counts } from '../../store/commit.ts';

/**
 * The way of one raw partition: one producer, one position, one dedupe window, one transaction at a time.
 *
 * All of its state is what Kafka holds committed. After any error it is `open`ed again: the new producer ends
 * what the old one left behind, and position, counters and window are read back.
 */
export interface Lane {
  readonly partition: number;
  /** The next raw offset to process. */
  readonly position: bigint;
  readonly counts: Counts;
  /** Takes the partition over. */
  open(signal: AbortSignal): Promise<void>;
  /** Processes records in one transaction, from index `from` on. @returns the index after the last one taken */
  process(records: readonly SourceRecord[], from: number, next: bigint): Promise<number>;
  /** Commits a position that was reached without any record. */
  pass(next: bigint): Promise<void>;
  /** Notes the marks that an earlier process did not get to write, reading the clean topic. */
  fillMarks(signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
}
