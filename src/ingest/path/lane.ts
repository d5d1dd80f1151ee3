import type { SourceRecord } from '../../clients/kafka/port.ts';
import { addCounts, type Counts } from '../../store/commit.ts';
import { commit } from './commit.ts';
import type { LaneDeps } from './deps.ts';
import { judge } from './judge.ts';
import { remember } from './remember.ts';
import { closedLane, type LaneState, opened } from './state.ts';
import { closeProducer, takeOver } from '../recovery/take-over.ts';
import { write } from './write.ts';

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

export function createLane(deps: LaneDeps): Lane {
  const state = closedLane(deps);
  return {
    partition: deps.partition,
    get position() {
      return state.position;
    },
    get counts() {
      return state.reached.counts;
    },
    open: (signal) => takeOver(state, signal),
    process: (records, from, next) => process(state, records, from, next),
    async pass(next) {
      if (next > state.position) await commit(state, next, state.reached);
    },
    fillMarks: (signal) => opened(state.memory).fillMarks(signal),
    async close() {
      state.memory?.close();
      state.memory = undefined;
      await closeProducer(state);
    },
  };
}

/** The way of some records that were fetched: judge → write → commit → remember. */
async function process(
  state: LaneState,
  records: readonly SourceRecord[],
  from: number,
  next: bigint,
): Promise<number> {
  const { deps, reached } = state;
  const { judgeEvent, bucketLengthMs } = deps.rules();
  const judged = judge({
    topic: deps.topics.raw,
    partition: deps.partition,
    records,
    from,
    judgeEvent,
    window: opened(state.memory).window,
    newestMs: reached.newestMs,
    nowMs: Date.now(),
  });
  const written = await write(opened(state.producer), deps.topics, judged);
  const to = from + judged.taken;
  await commit(state, to === records.length ? next : offsetAt(records, to), {
    clean: written.next ?? reached.clean,
    counts: addCounts(reached.counts, judged.counts),
    newestMs: judged.newestMs,
  });
  remember(state, judged, written.offsets, bucketLengthMs);
  return to;
}

function offsetAt(records: readonly SourceRecord[], index: number): bigint {
  const record = records[index];
  if (record === undefined) throw new RangeError(`no record at ${index} of ${records.length}`);
  return BigInt(record.offset);
}
