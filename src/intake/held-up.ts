import { type Gone, goneOf } from './gone.ts';
import type { LookDeps, PartitionStanding, Standing } from './standing.ts';
import { firstUnread, isBehind, type Unread } from './unread.ts';

/**
 * Why Druid does not move in a partition: its place is gone, Kafka gives nobody what was written there, or it stands
 * before an event that it does not read.
 */
export type HeldUp =
  ({ kind: 'gone' } & Gone) | ({ kind: 'hidden' } & Hidden) | ({ kind: 'stands' } & Stands);

export interface Hidden {
  partition: number;
  /** Behind the last record that can be read. */
  at: bigint;
  /** Behind the last record that our consumer has written. */
  written: bigint;
}

export interface Stands extends Unread {
  /** Where Druid is, as far as can be told. */
  at: bigint | undefined;
}

/** A healthy Druid reads an event within a tenth of a second. */
const OVERDUE_MS = 20_000;
/** A new task needs some seconds for its start, on a busy machine more. */
const START_MS = 30_000;

/**
 * Of partitions in which Druid was not seen to move: those in which something holds it up. None of them does while
 * Druid has only just begun, or while what it has not read has only just arrived.
 */
export async function heldUpIn(
  { kafka, druid }: LookDeps,
  standing: Standing,
  unmoved: readonly PartitionStanding[],
  nowMs: number = Date.now(),
): Promise<HeldUp[]> {
  const isIdle = standing.positions.tasks.length === 0;
  const found: HeldUp[] = [];
  const waiting: PartitionStanding[] = [];
  for (const one of unmoved) {
    const { partition } = one;
    const gone = goneOf(one);
    if (gone !== undefined && (isIdle || gone.lostTo !== undefined)) found.push({ kind: 'gone', ...gone });
    else if (isHidden(one)) found.push({ kind: 'hidden', partition, at: one.high, written: one.written });
    else if (isBehind(one)) waiting.push(one);
  }
  if (waiting.length === 0 || nowMs - (await druid.settledSince(standing.id)) < START_MS) return found;
  for (const one of waiting) {
    const unread = await firstUnread(kafka, standing, one);
    if (unread === undefined || nowMs - unread.arrivedMs < OVERDUE_MS) continue;
    found.push({ kind: 'stands', at: one.at, ...unread });
  }
  return found;
}

/** Has Druid read all that can be read, though more was written? Kafka shows nothing behind an open transaction. */
function isHidden({ at = 0n, high, written }: PartitionStanding): boolean {
  return at >= high && written > high;
}
