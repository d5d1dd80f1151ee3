import { type CommitMetadata, encodeCommit } from '../../store/commit.ts';
import { type LaneState, opened } from './state.ts';

/** Commits what was written, with the position and all that is to be known of it: the lane stands there from now on. */
export async function commit(state: LaneState, next: bigint, reached: CommitMetadata): Promise<void> {
  const { group, topics, partition, cleanTopic } = state.deps;
  await opened(state.producer).commit({
    group,
    topic: topics.raw,
    partition,
    offset: next,
    metadata: encodeCommit({ ...reached, cleanTopic }),
  });
  state.position = next;
  state.reached = reached;
}
