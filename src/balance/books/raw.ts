import type { Bounds } from '../../clients/kafka/port.ts';
import type { BalanceDeps } from '../deps.ts';
import type { OwnCommit } from '../../store/commits.ts';

/** How many records a raw partition has had from where the counters began up to our position. */
export interface RawBook {
  records: number;
  /** Not every offset is a record, and retention has removed some: there were at most so many. */
  isAtMost: boolean;
}

/**
 * Counts the records of a raw partition that the counters speak of: by offsets where each is a record; else by reading them,
 * unless retention has removed some.
 */
export async function rawBook(
  { kafka, progress }: Pick<BalanceDeps, 'kafka' | 'progress'>,
  { topic, partition }: { topic: string; partition: number },
  { low, high }: Bounds,
  { offset: position, metadata: { counts, countsFrom = 0n } }: OwnCommit,
): Promise<RawBook> {
  const offsets = Number(position - countsFrom);
  // Records that are gone from the end of the topic were counted, too: then there is no need to read.
  if (offsets <= counts.raw) return { records: offsets, isAtMost: false };
  if (low > countsFrom) return { records: offsets, isAtMost: true };
  let records = 0;
  const to = position < high ? position : high;
  await kafka.readRange({ topic, partition, from: countsFrom, to }, (some) => {
    records += some.length;
    progress(`reading ${topic}/${partition}: ${some.at(-1)?.offset ?? ''} of ${to}`);
  });
  return { records, isAtMost: false };
}
