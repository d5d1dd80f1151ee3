import type { OwnCommit } from '../../store/commits.ts';
import type { CleanPartition } from './clean-partition.ts';
import type { DeadBook } from './dead.ts';
import type { RawBook } from './raw.ts';

/** The books of one partition, all up to the same commit of our consumer. */
export interface PartitionBooks {
  partition: number;
  /** Undefined: our consumer has committed nothing there, or what it noted with it was lost. */
  committed: OwnCommit | undefined;
  raw: RawBook | undefined;
  clean: CleanCount;
  dead: DeadBook;
}

export interface CleanCount extends Pick<CleanPartition, 'odd'> {
  ids: Omit<CleanPartition['ids'], 'note'>;
  /** Records before the clean offset of the commit. */
  records: number;
  /** Records behind it that stood there before the commit was looked at. */
  foreign: number;
  /** The end of the partition. */
  end: bigint;
  /** Retention has removed its beginning. */
  isCut: boolean;
}
