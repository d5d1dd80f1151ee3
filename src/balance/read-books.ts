import { isMillraceError } from '../errors.ts';
import { druidBook } from './books/druid.ts';
import { lateCounter, type CountingColumn } from './books/rollups.ts';
import type { Audited, BalanceDeps } from './deps.ts';
import type { CountsByTime, Grid } from './event-time.ts';
import { firstCut, secondCut, type FirstCut, type SecondCut } from './topics.ts';

/** What could be read of a stream; what could not is undefined, and among what is unknown. */
export interface Books {
  /** Undefined: there is no second cut, and nobody knows what has arrived meanwhile. */
  topics: (SecondCut & Pick<FirstCut, 'cleanTopic'>) | undefined;
  druid: CountsByTime | undefined;
  /** What could not be read, and why. */
  unknown: string[];
}

/**
 * Reads the books in the order of the cut: the clean topic, Druid, the clean topic once more with all counters. The
 * loads of the columns hear of their late events.
 */
export async function readBooks(
  deps: BalanceDeps,
  audited: Audited,
  { grid, columns }: { grid: Grid; columns: CountingColumn[] },
): Promise<Books> {
  const lateOf = columns.map((column) => lateCounter(column, audited.stream));
  const first = await answered('the topics', () =>
    firstCut(deps, audited, grid, (...event) => lateOf.forEach((note) => note(...event))),
  );
  const ends = endsOf(first.book);
  const druid = await answered('Druid', () => druidBook(deps, audited.stream, ends, grid));
  const second = await answered(
    'the counters',
    async () => first.book && secondCut(deps, audited, first.book),
  );
  const { cleanTopic } = first.book ?? {};
  return {
    topics: second.book && { ...second.book, cleanTopic },
    druid: druid.book?.state === 'whole' ? druid.book.rows : undefined,
    unknown: [
      ...[first, druid, second].flatMap(({ unknown }) => unknown),
      ...(druid.book?.state === 'behind'
        ? [`Druid is behind, so its rows were not compared: ${druid.book.why}`]
        : []),
      ...hiddenIn(first.book, second.book),
    ],
  };
}

/** By partition: the clean offset after the last record of the first cut. */
function endsOf(first: FirstCut | undefined): Map<number, bigint> {
  return new Map(
    [...(first?.reader.book.partitions ?? [])].map(([partition, { next }]) => [partition, next]),
  );
}

function hiddenIn(...cuts: (Pick<FirstCut, 'hidden'> | undefined)[]): string[] {
  const places = new Set(cuts.flatMap((cut) => cut?.hidden ?? []));
  return [...places].map(
    (place) =>
      `${place}: a producer has a transaction open there, and what lies behind its first record cannot be read yet`,
  );
}

/** A book, or why there is none. */
interface Answer<T> {
  book: T | undefined;
  unknown: string[];
}

/** Asks a server; one that does not answer is among what is unknown. */
async function answered<T>(what: string, ask: () => Promise<T>): Promise<Answer<T>> {
  try {
    return { book: await ask(), unknown: [] };
  } catch (error) {
    if (!isMillraceError(error) || error.code === 'INPUT_INVALID') throw error;
    return { book: undefined, unknown: [`${what} could not be compared: ${error.code}: ${error.message}`] };
  }
}
