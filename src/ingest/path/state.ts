import type { TransactionProducer } from '../../clients/kafka/port.ts';
import { type CommitMetadata, NO_COUNTS } from '../../store/commit.ts';
import type { LaneDeps } from './deps.ts';
import type { Memory } from './memory/memory.ts';
import { MAX_SEND_BYTES } from './write.ts';

/** What a lane holds between two transactions. */
export interface LaneState {
  readonly deps: LaneDeps;
  /** Absent while the lane is closed. */
  producer: TransactionProducer | undefined;
  /** As committed, like `reached`. */
  position: bigint;
  reached: CommitMetadata;
  /** Kept while the producer is made anew; absent before the lane was opened, and after it was closed. */
  memory: Memory | undefined;
  isWindowFull: boolean;
  /** Of one produce request; less than usual where a topic has refused that much. */
  maxSendBytes: number;
}

/** What stands in the first commit of a partition. */
export const NOTHING_REACHED: CommitMetadata = { clean: 0n, counts: { ...NO_COUNTS }, newestMs: 0 };

export function closedLane(deps: LaneDeps): LaneState {
  return {
    deps,
    producer: undefined,
    position: 0n,
    reached: NOTHING_REACHED,
    memory: undefined,
    isWindowFull: false,
    maxSendBytes: MAX_SEND_BYTES,
  };
}

/** A part that only an open lane has. */
export function opened<T>(part: T | undefined): T {
  if (part === undefined) throw new Error('a lane was used that is not open');
  return part;
}
