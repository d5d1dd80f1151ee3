import { goneOf } from './gone.ts';
import type { PartitionStanding, Standing } from './standing.ts';
import { isBehind } from './unread.ts';

/** Partitions in which Druid has something left to read, or cannot begin at all. */
export function openIn({ partitions, positions }: Standing): PartitionStanding[] {
  const isIdle = positions.tasks.length === 0;
  return partitions.filter((one) => isBehind(one) || (isIdle && goneOf(one) !== undefined));
}

/** Of these partitions, as they were: those in which Druid has not moved by now, as they are. */
export function unmovedIn(
  { partitions }: Standing,
  before: readonly PartitionStanding[],
): PartitionStanding[] {
  return partitions.filter(({ partition, at = 0n }) =>
    before.some((one) => one.partition === partition && at <= (one.at ?? 0n)),
  );
}
