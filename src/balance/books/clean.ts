import type { Bounds } from '../../clients/kafka/port.ts';
import type { Audited, BalanceDeps } from '../deps.ts';
import { add, stretchOf, type CountsByTime, type Grid } from '../event-time.ts';
import { cleanPartition, type CleanEvent, type CleanPartition, type CutSide } from './clean-partition.ts';

/** What stands in the clean topic. Filled in two steps: up to the first cut, then what has arrived since. */
export interface CleanBook {
  /** Of partitions that were read. */
  partitions: Map<number, CleanPartition>;
  /** Where each partition began when it was read first: above 0, retention has removed what was before. */
  lows: Map<number, bigint>;
  /** Up to where each partition was read. */
  ends: Map<number, bigint>;
  /** Events up to the first cut, by stretch of event time. */
  events: CountsByTime;
  /** Events between the cuts. */
  arrived: CountsByTime;
}

export interface CleanReader {
  book: CleanBook;
  /** Reads what is new up to these ends. */
  read(side: CutSide, bounds: ReadonlyMap<number, Bounds>): Promise<void>;
}

const PROGRESS_EVERY_MS = 250;

/**
 * Reads the committed records of a clean topic, partition by partition.
 * @param since by partition: where our consumer stood before
 * @param onEvent hears of each event within the grid's range
 */
export function cleanReader(
  { kafka, names, progress }: Pick<BalanceDeps, 'kafka' | 'names' | 'progress'>,
  audited: Audited,
  grid: Grid,
  since: ReadonlyMap<number, bigint>,
  onEvent: (event: CleanEvent, stretchMs: number, side: CutSide) => void,
): CleanReader {
  const topic = names.cleanTopic(audited.stream.name);
  const book: CleanBook = {
    partitions: new Map(),
    lows: new Map(),
    ends: new Map(),
    events: new Map(),
    arrived: new Map(),
  };
  let side: CutSide = 'events';
  const heard = (event: CleanEvent) => {
    const stretchMs = stretchOf(grid, event.timeMs);
    if (stretchMs === undefined) return;
    add(book[side], stretchMs);
    onEvent(event, stretchMs, side);
  };
  const partitionOf = (partition: number) => {
    const known = book.partitions.get(partition);
    if (known !== undefined) return known;
    const made = cleanPartition(audited, {
      partition,
      since: since.get(partition) ?? 0n,
      onEvent: heard,
    });
    book.partitions.set(partition, made);
    return made;
  };
  return {
    book,
    async read(now, bounds) {
      side = now;
      for (const [partition, { low, high }] of bounds) {
        const records = partitionOf(partition);
        if (!book.lows.has(partition)) book.lows.set(partition, low);
        const from = book.ends.get(partition) ?? low;
        if (high <= from) continue;
        let toldMs = 0;
        await kafka.readRange({ topic, partition, from, to: high }, (some) => {
          records.note(some);
          if (Date.now() - toldMs < PROGRESS_EVERY_MS) return;
          toldMs = Date.now();
          progress(`reading ${topic}/${partition}: ${records.next} of ${high}`);
        });
        book.ends.set(partition, high);
      }
    },
  };
}
