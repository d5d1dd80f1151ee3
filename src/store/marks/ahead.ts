import type { Incarnation } from './incarnations.ts';

/** A mark: the newest clean offset that brought an event of this stretch of time. */
export interface Mark {
  incarnation: string;
  partition: number;
  /** Unix ms. */
  startMs: number;
  lengthMs: number;
  offset: bigint;
}

/** How far a load had come in the clean topic of one stream. */
export interface StreamCoverage {
  /** By partition (decimal text): the next clean offset (decimal text). */
  offsets: Readonly<Record<string, string>>;
  /** The clean topic that these offsets are of, where that was recorded. */
  incarnation?: string;
  /** RFC 3339, UTC. Tells the clean topic where it was not recorded. */
  loadedAt: string;
}

/** Half-open, RFC 3339. */
interface Stretch {
  start: string;
  end: string;
}

/**
 * The partitions that have brought events of this interval which the load has not covered, in ascending order.
 *
 * A bucket counts for every interval that it overlaps, however long it is. Of the clean topic that the load has read,
 * offsets are compared; a partition that the coverage does not know was covered up to 0. In a topic that was made
 * later, every event came after the load; in an earlier one, none did.
 * @param incarnations of the stream, the oldest first
 */
export function partitionsAhead(
  marks: readonly Mark[],
  interval: Stretch,
  coverage: StreamCoverage,
  incarnations: readonly Incarnation[],
): number[] {
  const ids = incarnations.map(({ id }) => id);
  const read = ids.indexOf(incarnationOf(coverage, incarnations));
  const [startMs, endMs] = [Date.parse(interval.start), Date.parse(interval.end)];
  const ahead = marks.filter((mark) => {
    if (mark.startMs >= endMs || mark.startMs + mark.lengthMs <= startMs) return false;
    const its = ids.indexOf(mark.incarnation);
    // One that is not known yet has begun just now.
    if (its === -1) return true;
    if (its !== read) return its > read;
    return mark.offset >= BigInt(coverage.offsets[String(mark.partition)] ?? '0');
  });
  return [...new Set(ahead.map(({ partition }) => partition))].sort((a, b) => a - b);
}

/** Where it was not recorded: the newest that was known when the load ended; the oldest, where none was. */
function incarnationOf({ incarnation, loadedAt }: StreamCoverage, known: readonly Incarnation[]): string {
  if (incarnation !== undefined) return incarnation;
  const then = known.filter(({ since }) => Date.parse(since) <= Date.parse(loadedAt)).at(-1);
  return (then ?? known[0])?.id ?? '';
}
