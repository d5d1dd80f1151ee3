import {
  addCounts,
  type CommitMetadata,
  type Counts,
  decodeCommit,
  encodeCommit,
  NO_COUNTS,
} from '../store/commit.ts';
import type { Committed, TransactionProducer } from '../clients/kafka/port.ts';
import type { SourceRecord } from '../clients/kafka/port.ts';
import { type Chunk, takeChunk } from './chunk.ts';
import type { LaneDeps } from './deps.ts';
import { type Memory, newMemory } from './memory.ts';
import { rebuild } from './rebuild.ts';
import { sendAll } from './send.ts';

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

/** What a lane holds between two transactions. */
interface State {
  readonly deps: LaneDeps;
  /** Absent while the lane is closed. */
  producer: TransactionProducer | undefined;
  /** As committed, like `reached`. */
  position: bigint;
  reached: CommitMetadata;
  /** Kept while the producer is made anew; absent before the lane was opened, and after it was closed. */
  memory: Memory | undefined;
  isWindowFull: boolean;
}

const NOTHING_REACHED: CommitMetadata = { clean: 0n, counts: { ...NO_COUNTS }, newestMs: 0 };

export function createLane(deps: LaneDeps): Lane {
  const state: State = {
    deps,
    producer: undefined,
    position: 0n,
    reached: NOTHING_REACHED,
    memory: undefined,
    isWindowFull: false,
  };
  return {
    partition: deps.partition,
    get position() {
      return state.position;
    },
    get counts() {
      return state.reached.counts;
    },
    open: (signal) => open(state, signal),
    process: (records, from, next) => process(state, records, from, next),
    async pass(next) {
      if (next > state.position) await commit(state, next, state.reached);
    },
    fillPositions: (signal) => opened(state.memory).fillPositions(signal),
    close: () => close(state),
  };
}

async function open(state: State, signal: AbortSignal): Promise<void> {
  const { kafka, partition, topics, group, transactionalId } = state.deps;
  await closeProducer(state);
  state.producer = await kafka.openProducer(transactionalId);
  // Only now: until the id was taken over, a transaction of its last holder could still come through.
  const committed = await kafka.committedAt(group, topics.raw, partition);
  const commit = decodeCommit(committed?.metadata);
  if (committed === undefined || commit === undefined) await begin(state, committed, signal);
  else await resume(state, committed.offset, commit);
  state.memory ??= await newMemory(state.deps, state.reached);
  await state.memory.catchUp(state.reached.clean, signal);
}

/** Goes on where the last commit has ended. */
async function resume(state: State, offset: bigint, metadata: CommitMetadata): Promise<void> {
  const { kafka, partition, topics, onGap } = state.deps;
  state.position = offset;
  state.reached = metadata;
  const { low, high } = await kafka.boundsAt(topics.raw, partition);
  if (offset >= low && offset <= high) return;
  // Retention has overtaken us, or the topic was made anew by something that kept the group's offsets (Kafka itself
  // deletes them with the topic, and then we rebuild). The window outlives both: it is of the clean topic, so events
  // of the last window that are sent once more are duplicates. A new topic that has already grown past the old
  // position cannot be told from the old one: its first records are skipped.
  onGap(partition, offset, low);
  // At once: whoever waits for this partition to be drained looks at the commit.
  await commit(state, low, metadata);
}

/** Starts without a commit of ours: for the first time, or after the commit was lost. */
async function begin(state: State, foreign: Committed | undefined, signal: AbortSignal): Promise<void> {
  const { kafka, partition, topics, onRebuilt } = state.deps;
  const rebuilt = await rebuild(state.deps, signal);
  if (rebuilt) {
    // At once, like a gap: a load that waits for this partition goes on.
    await commit(state, rebuilt.position, rebuilt.state);
    onRebuilt(partition, rebuilt);
    return;
  }
  const { low, high } = await kafka.boundsAt(topics.raw, partition);
  // Before the first event the position is the operator's to set, to leave out what is older.
  const offset = foreign?.offset ?? low;
  // From here on there is a commit: one that is missing was lost.
  await commit(state, offset < low || offset > high ? low : offset, NOTHING_REACHED);
}

async function process(
  state: State,
  records: readonly SourceRecord[],
  from: number,
  next: bigint,
): Promise<number> {
  const { deps, reached } = state;
  const { topics, partition } = deps;
  const { transform } = deps.rules();
  const { window } = opened(state.memory);
  const nowMs = Date.now();
  const { newestMs } = reached;
  const chunk = takeChunk({
    topic: topics.raw,
    partition,
    records,
    from,
    transform,
    window,
    newestMs,
    nowMs,
  });
  const to = from + chunk.taken;
  const producer = opened(state.producer);
  const offsets = await sendAll(
    producer,
    topics.clean,
    chunk.clean.map(({ record }) => record),
  );
  await sendAll(producer, topics.dead, chunk.dead);
  const last = offsets.at(-1);
  await commit(state, to === records.length ? next : offsetAt(records, to), {
    clean: last === undefined ? reached.clean : BigInt(last) + 1n,
    counts: addCounts(reached.counts, chunk.counts),
    newestMs: chunk.newestMs,
  });
  remember(state, chunk, offsets);
  return to;
}

/** Commits what was sent, with the position and all that is to be known of it. */
async function commit(state: State, next: bigint, reached: CommitMetadata): Promise<void> {
  const { group, topics, partition } = state.deps;
  await opened(state.producer).commit({
    group,
    topic: topics.raw,
    partition,
    offset: next,
    metadata: encodeCommit(reached),
  });
  state.position = next;
  state.reached = reached;
}

/** The transaction is through: from now on its ids are known and its hours stand. */
function remember(state: State, chunk: Chunk, offsets: readonly number[]): void {
  const memory = opened(state.memory);
  const { window, track } = memory;
  chunk.clean.forEach(({ id, arrivalMs, hourMs }, index) => {
    window.add(id, arrivalMs);
    track.note(hourMs, offsets[index] ?? 0);
  });
  window.prune(chunk.newestMs);
  memory.reached(state.reached.clean);
  if (window.evicted > 0 && !state.isWindowFull) state.deps.onWindowFull(state.deps.partition);
  state.isWindowFull = window.evicted > 0;
}

async function close(state: State): Promise<void> {
  state.memory?.close();
  state.memory = undefined;
  await closeProducer(state);
}

async function closeProducer(state: State): Promise<void> {
  const { producer } = state;
  state.producer = undefined;
  await producer?.close();
}

function opened<T>(part: T | undefined): T {
  if (part === undefined) throw new Error('a lane was used that is not open');
  return part;
}

function offsetAt(records: readonly SourceRecord[], index: number): bigint {
  const record = records[index];
  if (record === undefined) throw new RangeError(`no record at ${index} of ${records.length}`);
  return BigInt(record.offset);
}
