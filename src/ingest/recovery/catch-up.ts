import type { SourceRecord } from '../../clients/kafka/port.ts';
import type { CommitMetadata } from '../../store/commit.ts';
import type { LaneDeps } from '../path/deps.ts';
import { bucketOfEvent } from '../path/event/event-time.ts';
import { emptyMemory, type Memory } from '../path/memory/memory.ts';

/**
 * Begins a lane's memory where its dedupe window begins; it still has to catch up.
 * @param reached the lane's committed state: the window reaches back from its newest arrival
 */
export async function newMemory(deps: LaneDeps, reached: CommitMetadata): Promise<Memory> {
  return emptyMemory(deps, await windowStart(deps, reached));
}

/** Has a memory learn what was committed since, up to this clean offset, whoever committed it. */
export async function catchUp(
  deps: LaneDeps,
  memory: Memory,
  to: bigint,
  signal: AbortSignal,
): Promise<void> {
  await readClean(deps, memory.learned, to, signal, (records) => {
    for (const { key, timestamp } of records) memory.window.add(key?.toString() ?? '', Number(timestamp));
    noteMarks(deps, memory, records);
  });
  memory.reached(to > memory.learned ? to : memory.learned);
}

/** Notes the marks between the progress in MariaDB and where this memory begins. */
export async function fillMarks(deps: LaneDeps, memory: Memory, signal: AbortSignal): Promise<void> {
  const from = await memory.track.missingFrom();
  if (from === undefined) return;
  await readClean(deps, from, memory.begin, signal, (records) => noteMarks(deps, memory, records));
  memory.track.completed();
}

function noteMarks({ rules }: LaneDeps, { track }: Memory, records: readonly SourceRecord[]): void {
  const { timeField, bucketLengthMs } = rules();
  for (const record of records) {
    const bucketMs = bucketOfEvent(record.value, timeField, bucketLengthMs);
    if (bucketMs !== undefined) track.note(bucketMs, bucketLengthMs, Number(record.offset));
  }
}

/** Where in the clean partition the window begins. */
async function windowStart(
  { partition, places: { topics }, clients: { kafka }, limits: { dedupeMs } }: LaneDeps,
  reached: CommitMetadata,
): Promise<bigint> {
  // No arrival is known: nothing was written yet, or what was is gone.
  if (dedupeMs === 0 || reached.clean === 0n || reached.newestMs === 0) return reached.clean;
  const start = await kafka.offsetAt(topics.clean, partition, reached.newestMs - dedupeMs);
  return start < reached.clean ? start : reached.clean;
}

async function readClean(
  { partition, places: { topics }, clients: { kafka } }: LaneDeps,
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
