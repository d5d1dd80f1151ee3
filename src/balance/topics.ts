import type { Bounds } from '../clients/kafka/port.ts';
import { cleanReader, type CleanBook } from './books/clean.ts';
import type { CleanEvent, Part } from './books/clean-partition.ts';
import { committedOf, settled, type CommittedPartition } from './books/committed.ts';
import { deadBook } from './books/dead.ts';
import { rawBook } from './books/raw.ts';
import type { PartitionBooks } from './compare/counters.ts';
import type { Audited, BalanceDeps } from './deps.ts';
import type { Grid } from './event-time.ts';

/** What the topics of a stream say, at two moments. */
export interface Topics {
  clean: CleanBook;
  /** Kafka's id of the clean topic. */
  cleanTopic: string | undefined;
  /** Reads on to where the topics are now, and takes the books of each partition there. */
  close(): Promise<PartitionBooks[]>;
  /** Partitions of topics behind whose open transactions nothing could be read. */
  hidden: string[];
  /** Raw records that are not consumed yet, when the books were taken. */
  lag: number;
}

/** Reads the clean topic to its end of now: the first cut. @param onEvent hears of each event in the grid's range */
export async function openTopics(
  deps: Pick<BalanceDeps, 'kafka' | 'names' | 'say' | 'progress'>,
  audited: Audited,
  grid: Grid,
  onEvent: (event: CleanEvent, stretchMs: number, part: Part) => void,
): Promise<Topics> {
  const { kafka, names } = deps;
  const { stream } = audited;
  const [raw, clean, dead] = [
    names.rawTopic(stream),
    names.cleanTopic(stream.name),
    names.deadTopic(stream.name),
  ];
  const hidden = new Set<string>();
  const boundsOf = async (topic: string) => {
    const { bounds, hidden: partitions } = await settled(deps, topic);
    for (const partition of partitions) hidden.add(`${topic}/${partition}`);
    return bounds;
  };
  const since = await committedOf(deps, stream);
  const reader = cleanReader(
    deps,
    audited,
    grid,
    new Map([...since].map(([partition, commit]) => [partition, commit.clean])),
    onEvent,
  );
  const firstBounds = await boundsOf(clean);
  await reader.read('events', firstBounds);
  const topics: Topics = {
    clean: reader.book,
    cleanTopic: await kafka.topicId(clean),
    hidden: [],
    lag: 0,
    async close() {
      const committed = await committedOf(deps, stream);
      const [rawBounds, rawEnds] = [await kafka.bounds(raw), await kafka.ends(raw)];
      const [cleanBounds, deadBounds] = [await boundsOf(clean), await boundsOf(dead)];
      await reader.read('arrived', cleanBounds);
      topics.hidden = [...hidden];
      const books: PartitionBooks[] = [];
      const partitions = new Set([...rawBounds.keys(), ...cleanBounds.keys()]);
      for (const partition of [...partitions].sort((a, b) => a - b)) {
        const bounds = rawBounds.get(partition) ?? NO_BOUNDS;
        const commit = committed.get(partition);
        topics.lag += Number((rawEnds.get(partition) ?? bounds.high) - (commit?.position ?? bounds.low));
        books.push({
          partition,
          committed: commit,
          raw: commit && (await rawBook(deps, { topic: raw, partition }, bounds, commit)),
          clean: cleanCount(reader.book, partition, {
            commit,
            first: firstBounds.get(partition),
            now: cleanBounds.get(partition),
          }),
          dead: await deadBook(
            deps,
            { topic: dead, partition },
            deadBounds.get(partition) ?? NO_BOUNDS,
            commit?.position ?? 0n,
          ),
        });
      }
      return books;
    },
  };
  return topics;
}

const NO_BOUNDS: Bounds = { low: 0n, high: 0n };

function cleanCount(
  { partitions, lows }: CleanBook,
  partition: number,
  {
    commit,
    first = NO_BOUNDS,
    now = NO_BOUNDS,
  }: { commit: CommittedPartition | undefined; first: Bounds | undefined; now: Bounds | undefined },
): PartitionBooks['clean'] {
  const clean = partitions.get(partition);
  const reached = commit?.clean ?? 0n;
  const records = clean?.before(reached) ?? 0;
  return {
    records,
    // What stood there at the first cut, and still is none of ours: its transaction would have shown by now.
    foreign: Math.max(0, (clean?.before(first.high) ?? 0) - records),
    end: now.high,
    isCut: (lows.get(partition) ?? 0n) > 0n,
    odd: clean?.odd,
    ids: clean?.ids ?? { count: 0, example: undefined, forgotten: 0 },
  };
}
