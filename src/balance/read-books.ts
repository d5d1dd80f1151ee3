import { isMillraceError } from '../errors.ts';
import { druidBook } from './books/druid.ts';
import { lateCounter, type CountingColumn } from './books/rollups.ts';
import type { PartitionBooks } from './compare/counters.ts';
import type { Audited, BalanceDeps } from './deps.ts';
import type { Counts, Grid } from './event-time.ts';
import type { Findings } from './report.ts';
import { openTopics, type Topics } from './topics.ts';

/** What could be read of a stream; what could not is undefined, and among what is unknown. */
export interface Books {
  topics: Topics | undefined;
  druid: Counts | undefined;
  partitions: PartitionBooks[] | undefined;
}

/**
 * Reads the books in the order of the cut: the clean topic, Druid, the clean topic once more with all counters. The
 * loads of the columns hear of their late events.
 */
export async function readBooks(
  deps: BalanceDeps,
  audited: Audited,
  { grid, columns }: { grid: Grid; columns: CountingColumn[] },
  found: Findings,
): Promise<Books> {
  const lateOf = columns.map((column) => lateCounter(column, audited.stream));
  const topics = await answered(found, 'the topics', () =>
    openTopics(deps, audited, grid, (...event) => lateOf.forEach((note) => note(...event))),
  );
  const ends = new Map(
    [...(topics?.clean.partitions ?? [])].map(([partition, { next }]) => [partition, next]),
  );
  const druid = await answered(found, 'Druid', () => druidBook(deps, audited.stream, ends, grid));
  const partitions = topics && (await answered(found, 'the counters', () => topics.close()));
  if (druid !== undefined && 'behind' in druid) {
    found.unknown.push(`Druid is behind, so its rows were not compared: ${druid.behind}`);
    return { topics, druid: undefined, partitions };
  }
  return { topics, druid, partitions };
}

/** Asks a server; one that does not answer is among what is unknown. */
async function answered<T>(
  { unknown }: Findings,
  what: string,
  ask: () => Promise<T>,
): Promise<T | undefined> {
  try {
    return await ask();
  } catch (error) {
    if (!isMillraceError(error) || error.code === 'INPUT_INVALID') throw error;
    unknown.push(`${what} could not be compared: ${error.code}: ${error.message}`);
    return undefined;
  }
}
