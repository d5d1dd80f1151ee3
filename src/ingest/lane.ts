import {
  type CommitMetadata,
  type Counts,
  NO_COUNTS,
  addCounts,
  encodeCommit,
} from '../clients/kafka-commit.ts';
import type { LaneProducer, OutRecord } from '../clients/kafka-producer.ts';
import type { SourceRecord } from '../clients/kafka-source.ts';
import type { PositionsTrack } from '../store/positions.ts';
import { type Chunk, sizeOf, takeChunk } from './chunk.ts';
import type { DedupeWindow } from './dedupe.ts';
import type { LaneDeps } from './deps.ts';
import { type Memory, newMemory } from './memory.ts';

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
  /** Notes the positions that an earlier process did not get to write, reading the clean topic. */
  fillPositions(signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

/** Limits of one produce request, far below the broker's 1 MiB; kafkajs groups records in quadratic time. */
const MAX_SEND_RECORDS = 500;
const MAX_SEND_BYTES = 900_000;

export function createLane(deps: LaneDeps): Lane {
  const { kafka, partition, topics, group } = deps;
  let producer: LaneProducer | undefined;
  let position = 0n;
  let state: CommitMetadata = { clean: 0n, counts: { ...NO_COUNTS }, newestMs: 0 };
  let memory: Memory | undefined;
  let isTold = false;

  const commit = async (next: bigint, reached: CommitMetadata) => {
    await opened(producer).commit({
      group,
      topic: topics.raw,
      partition,
      offset: next,
      metadata: encodeCommit(reached),
    });
    position = next;
    state = reached;
  };

  return {
    partition,
    get position() {
      return position;
    },
    get counts() {
      return state.counts;
    },

    async open(signal) {
      await producer?.close();
      producer = undefined;
      producer = await kafka.openProducer(deps.transactionalId);
      // Only now: until the id was taken over, a transaction of its last holder could still come through.
      const [committed, bounds] = await Promise.all([
        kafka.committed(group, topics.raw),
        kafka.bounds(topics.raw),
      ]);
      const found = committed.get(partition);
      const { low, high } = bounds.get(partition) ?? { low: 0n, high: 0n };
      state = found?.metadata ?? state;
      position = found?.offset ?? low;
      // Retention has overtaken us, or the topic was made anew: what there is starts at its first record.
      if (position < low || position > high) {
        deps.onGap(partition, position, low);
        // Committed at once: whoever waits for this partition to be drained looks at the commit.
        await commit(low, state);
      }
      memory ??= await newMemory(deps, state);
      await memory.catchUp(state.clean, signal);
    },

    async process(records, from, next) {
      const { transform } = deps.rules();
      const { window, track } = opened(memory);
      const chunk = takeChunk({
        topic: topics.raw,
        partition,
        records,
        from,
        transform,
        window,
        newestMs: state.newestMs,
        nowMs: Date.now(),
      });
      const to = from + chunk.taken;
      const offsets = await sendAll(opened(producer), topics.clean, chunk.clean);
      await sendAll(opened(producer), topics.dead, chunk.dead);
      const last = offsets.at(-1);
      const clean = last === undefined ? state.clean : BigInt(last) + 1n;
      await commit(to === records.length ? next : offsetAt(records, to), {
        clean,
        counts: addCounts(state.counts, chunk.counts),
        newestMs: chunk.newestMs,
      });
      remember(chunk, offsets, window, track);
      opened(memory).reached(clean);
      if (window.evicted > 0 && !isTold) deps.onWindowFull(partition);
      isTold = window.evicted > 0;
      return to;
    },

    async pass(next) {
      if (next > position) await commit(next, state);
    },

    fillPositions: (signal) => opened(memory).fillPositions(signal),

    async close() {
      const closing = producer;
      producer = undefined;
      await closing?.close();
    },
  };
}

function opened<T>(part: T | undefined): T {
  if (part === undefined) throw new Error('a lane was used before it was opened');
  return part;
}

/** Sends in portions and returns the offset of each record. */
async function sendAll(producer: LaneProducer, topic: string, records: OutRecord[]): Promise<number[]> {
  const offsets: number[] = [];
  for (let at = 0; at < records.length;) {
    const portion = portionOf(records, at);
    const base = await producer.send(topic, portion);
    portion.forEach((_record, index) => offsets.push(base + index));
    at += portion.length;
  }
  return offsets;
}

function portionOf(records: OutRecord[], from: number): OutRecord[] {
  let bytes = 0;
  let to = from;
  while (to < records.length && to - from < MAX_SEND_RECORDS) {
    const record = records[to];
    bytes += record === undefined ? 0 : sizeOf(record);
    if (to > from && bytes > MAX_SEND_BYTES) break;
    to++;
  }
  return from === 0 && to === records.length ? records : records.slice(from, to);
}

function offsetAt(records: readonly SourceRecord[], index: number): bigint {
  const record = records[index];
  if (record === undefined) throw new RangeError(`no record at ${index} of ${records.length}`);
  return BigInt(record.offset);
}

/** The transaction is through: from now on its ids are known and its hours stand. */
function remember(
  chunk: Chunk,
  offsets: readonly number[],
  window: DedupeWindow,
  track: PositionsTrack,
): void {
  chunk.ids.forEach((id, index) => {
    window.add(id, chunk.arrivals[index] ?? 0);
    track.note(chunk.hours[index] ?? 0, offsets[index] ?? 0);
  });
  window.prune(chunk.newestMs);
}
