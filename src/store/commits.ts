import type { KafkaClient } from '../clients/kafka/port.ts';
import type { StreamDefinition } from '../definition/definition.ts';
import type { Names } from '../names.ts';
import { addCounts, decodeCommit, NO_COUNTS, type CommitMetadata, type Counts } from './commit.ts';

/** Where our consumer of a stream stands in one raw partition. */
export interface Commit {
  /** The next raw offset to read. */
  offset: bigint;
  /** What it committed with it; undefined: that was lost, or is not ours. */
  metadata: CommitMetadata | undefined;
}

/** A commit with all that our consumer notes with it. */
export interface OwnCommit extends Commit {
  metadata: CommitMetadata;
}

/** What our consumer of a stream has committed, by raw partition; those without a commit are left out. */
export async function commitsOf(
  { kafka, names }: { kafka: Pick<KafkaClient, 'committed'>; names: Names },
  stream: Pick<StreamDefinition, 'name' | 'topic'>,
): Promise<Map<number, Commit>> {
  const committed = await kafka.committed(names.consumerGroup(stream.name), names.rawTopic(stream));
  return new Map(
    [...committed].map(([partition, { offset, metadata }]) => [
      partition,
      { offset, metadata: decodeCommit(metadata) },
    ]),
  );
}

/** What became of the raw records of these partitions together. */
export function countsOf(commits: Iterable<Pick<Commit, 'metadata'>>): Counts {
  return [...commits].map(({ metadata }) => metadata?.counts ?? NO_COUNTS).reduce(addCounts, NO_COUNTS);
}
