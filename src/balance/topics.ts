import type { Bounds } from '../clients/kafka/port.ts';
import { commitsOf, type OwnCommit } from '../store/commits.ts';
import { cleanReader, type CleanBook, type CleanReader } from './books/clean.ts';
import type { CleanEvent, CutSide } from './books/clean-partition.ts';
import { deadBook } from './books/dead.ts';
import type { PartitionBooks } from './books/partition.ts';
import { rawBook } from './books/raw.ts';
import { settled } from './books/settled.ts';
import type { Audited, BalanceDeps } from './deps.ts';
import type { Grid } from './event-time.ts';

type Deps = Pick<BalanceDeps, 'kafka' | 'names' | 'say' | 'progress'>;

/** The clean topic, read to its end of one moment. */
export interface FirstCut {
  reader: CleanReader;
  bounds: ReadonlyMap<number, Bounds>;
  /** Kafka's id of the clean topic. */
  cleanTopic: string | undefined;
  /** Partitions of topics behind whose open transactions nothing could be read. */
  hidden: string[];
}

/** What the topics say at a later moment, and all that stands in the clean one. */
export interface SecondCut {
  clean: CleanBook;
  partitions: PartitionBooks[];
  hidden: string[];
  /** Raw records that are not consumed yet. */
  lag: number;
}

/** @param onEvent hears of each event in the grid's range, in this cut and in the next */
export async function firstCut(
  deps: Deps,
  audited: Audited,
  grid: Grid,
  onEvent: (event: CleanEvent, stretchMs: number, side: CutSide) => void,
): Promise<FirstCut> {
  const { kafka, names } = deps;
  const clean = names.cleanTopic(audited.stream.name);
  const since = await ownCommits(deps, audited);
  const reader = cleanReader(
    deps,
    audited,
    grid,
    new Map([...since].map(([partition, { metadata }]) => [partition, metadata.clean])),
    onEvent,
  );
  const { bounds, hidden } = await settled(deps, clean);
  await reader.read('events', bounds);
  return {
    reader,
    bounds,
    cleanTopic: await kafka.topicId(clean),
    hidden: placesIn(clean, hidden),
  };
}

/** Reads on to where the topics are now, and takes the books of each partition there. */
export async function secondCut(
  deps: Deps,
  audited: Audited,
  { reader, bounds: firstBounds }: Pick<FirstCut, 'reader' | 'bounds'>,
): Promise<SecondCut> {
  const { kafka, names } = deps;
  const { stream } = audited;
  const topics = {
    raw: names.rawTopic(stream),
    clean: names.cleanTopic(stream.name),
    dead: names.deadTopic(stream.name),
  };
  const committed = await ownCommits(deps, audited);
  const [raw, ends] = [await kafka.bounds(topics.raw), await kafka.ends(topics.raw)];
  const [clean, dead] = [await settled(deps, topics.clean), await settled(deps, topics.dead)];
  await reader.read('arrived', clean.bounds);
  const partitions: PartitionBooks[] = [];
  let lag = 0;
  for (const partition of inOrder(raw.keys(), clean.bounds.keys())) {
    const bounds = raw.get(partition) ?? NO_BOUNDS;
    const commit = committed.get(partition);
    lag += Number((ends.get(partition) ?? bounds.high) - (commit?.offset ?? bounds.low));
    partitions.push({
      partition,
      committed: commit,
      raw: commit && (await rawBook(deps, { topic: topics.raw, partition }, bounds, commit)),
      clean: cleanCount(reader.book, partition, {
        commit,
        first: firstBounds.get(partition),
        now: clean.bounds.get(partition),
      }),
      dead: await deadBook(
        deps,
        { topic: topics.dead, partition },
        dead.bounds.get(partition) ?? NO_BOUNDS,
        commit?.offset ?? 0n,
      ),
    });
  }
  const hidden = [...placesIn(topics.clean, clean.hidden), ...placesIn(topics.dead, dead.hidden)];
  return { clean: reader.book, partitions, hidden, lag };
}

const NO_BOUNDS: Bounds = { low: 0n, high: 0n };

/** By raw partition. */
async function ownCommits(deps: Deps, { stream }: Audited): Promise<Map<number, OwnCommit>> {
  const commits = await commitsOf(deps, stream);
  return new Map(
    [...commits].flatMap(([partition, { offset, metadata }]) =>
      metadata === undefined ? [] : [[partition, { offset, metadata }] as const],
    ),
  );
}

function placesIn(topic: string, partitions: readonly number[]): string[] {
  return partitions.map((partition) => `${topic}/${partition}`);
}

function inOrder(...partitions: Iterable<number>[]): number[] {
  return [...new Set(partitions.flatMap((some) => [...some]))].sort((a, b) => a - b);
}

function cleanCount(
  { partitions, lows }: CleanBook,
  partition: number,
  {
    commit,
    first = NO_BOUNDS,
    now = NO_BOUNDS,
  }: { commit: OwnCommit | undefined; first: Bounds | undefined; now: Bounds | undefined },
): PartitionBooks['clean'] {
  const clean = partitions.get(partition);
  const reached = commit?.metadata.clean ?? 0n;
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
