import type { PartitionStanding } from './standing.ts';

/** Druid would read on at an offset that Kafka no longer has. */
export interface Gone {
  partition: number;
  /** Where Druid would read on. */
  at: bigint;
  /** The first offset that is left. */
  low: bigint;
  /** Behind the events that went before Druid had read them; undefined: none did, there were markers alone. */
  lostTo: bigint | undefined;
}

/**
 * Is Druid's place in this partition gone? Druid's next offset is that of the last transaction's marker. Once retention
 * deletes the marker, Druid can neither start there nor skip it, although it has read every event.
 */
export function goneOf(standing: PartitionStanding): Gone | undefined {
  const { partition, at, low, written, isEnd } = standing;
  if (at === undefined || at >= low) return undefined;
  return { partition, at, low, lostTo: isEnd && at >= written ? undefined : lostTo(standing) };
}

/** Of an unknown end all that went may be lost. */
function lostTo({ isEnd, written, low }: PartitionStanding): bigint {
  return isEnd && written < low ? written : low;
}
