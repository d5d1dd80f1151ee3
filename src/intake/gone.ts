import type { Part, Standing } from './standing.ts';

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
 * Partitions in which Druid's place is gone. Behind the last record that it has read stands the marker of its
 * transaction: where a partition is quiet for as long as Kafka keeps it, that goes, too, and Druid neither starts there
 * nor passes over it, although it has read everything.
 */
export function goneIn({ parts }: Pick<Standing, 'parts'>): Gone[] {
  return parts.flatMap((part) => {
    const { partition, at, low, written, isEnd } = part;
    if (at === undefined || at >= low) return [];
    return [{ partition, at, low, lostTo: isEnd && at >= written ? undefined : lostTo(part) }];
  });
}

/** Of an unknown end all that went may be lost. */
function lostTo({ isEnd, written, low }: Part): bigint {
  return isEnd && written < low ? written : low;
}

/** What is said of one of them. */
export function goneText({ topic }: Pick<Standing, 'topic'>, { partition, at, low, lostTo }: Gone): string {
  if (lostTo === undefined) {
    return `Kafka no longer has offset ${at} of partition ${partition} of ${topic}, at which Druid would read on; it begins at ${low}. Druid had read all events before it, so none is lost`;
  }
  return `Kafka has deleted offsets ${at} to ${lostTo - 1n} of partition ${partition} of ${topic} (its retention is over, or somebody emptied the topic) before Druid had read them; it begins at ${low}. Druid does not go on by itself`;
}
