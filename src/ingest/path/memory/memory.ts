import type { CommitMetadata } from '../../../store/commit.ts';
import type { SourceRecord } from '../../../clients/kafka/port.ts';
import type { MarksTrack } from '../../../store/marks/track.ts';
import type { DedupeWindow } from './dedupe.ts';
import type { LaneDeps } from '../deps.ts';
import { bucketOfEvent } from '../event/event-time.ts';

/** What a lane knows of the clean partition that it writes; all of it can be read back from there. */
export interface Memory {
  window: DedupeWindow;
  track: MarksTrack;
  /** Learns what others committed since, up to this clean offset. */
  catchUp(to: bigint, signal: AbortSignal): Promise<void>;
  /** Everything before this clean offset was learned from our own transactions. */
  reached(to: bigint): void;
  /** Notes the marks between the progress in MariaDB and where this memory begins. */
  fillMarks(signal: AbortSignal): Promise<void>;
  /** Gives the room of the window's ids back. */
  close(): void;
}

/** @param state the lane's committed state: the window reaches back from its newest arrival */
export async function newMemory(deps: LaneDeps, state: CommitMetadata): Promise<Memory> {
  const begin = await windowStart(deps, state);
  const key = `${deps.stream}/${deps.partition}`;
  const window = deps.ids.open(key, deps.dedupeMs);
  const { stream, partition, cleanTopic: incarnation } = deps;
  const track = deps.marks.track({ stream, incarnation, partition }, begin);
  let learned = begin;

  const noteAll = (records: readonly SourceRecord[]) => {
    const { timeField, bucketLengthMs } = deps.rules();
    for (const record of records) {
      const bucketMs = bucketOfEvent(record.value, timeField, bucketLengthMs);
      if (bucketMs !== undefined) track.note(bucketMs, bucketLengthMs, Number(record.offset));
    }
  };
  return {
    window,
    track,
    async catchUp(to, signal) {
      await readClean(deps, learned, to, signal, (records) => {
        for (const { key, timestamp } of records) window.add(key?.toString() ?? '', Number(timestamp));
        noteAll(records);
      });
      if (to > learned) learned = to;
      track.advance(learned);
    },
    reached(to) {
      learned = to;
      track.advance(to);
    },
    async fillMarks(signal) {
      const from = await track.missingFrom();
      if (from === undefined) return;
      await readClean(deps, from, begin, signal, noteAll);
      track.completed();
    },
    close: () => deps.ids.close(key, window),
  };
}

/** Where in the clean partition the window begins. */
async function windowStart(
  { kafka, topics, partition, dedupeMs }: LaneDeps,
  state: CommitMetadata,
): Promise<bigint> {
  // No arrival is known: nothing was written yet, or what was is gone.
  if (dedupeMs === 0 || state.clean === 0n || state.newestMs === 0) return state.clean;
  const start = await kafka.offsetAt(topics.clean, partition, state.newestMs - dedupeMs);
  return start < state.clean ? start : state.clean;
}

async function readClean(
  { kafka, topics, partition }: LaneDeps,
  start: bigint,
  to: bigint,
  signal: AbortSignal,
  onRecords: (records: readonly SourceRecord[]) => void,
): Promise<void> {
  if (start >= to) return;
  const { low } = await kafka.boundsAt(topics.clean, partition);
  const from = start > low ? start : low;
  await kafka.readRange({ topic: topics.clean, partition, from, to }, onRecords, signal);
}
