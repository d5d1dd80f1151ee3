import { type CommitMetadata, encodeCommit } from '../../store/commit.ts';
import { type LaneState, opened } from './state.ts';

/** Commits what was written, with the position and all that is to be known of it: the lane stands there from now on. */
export async function commit(state: LaneState, next: bigint, reached: CommitMetadata): Promise<void> {
  const { partition, places } = state.deps;
  await opened(state.producer).commit({
    group: places.group,
    topic: places.topics.raw,
    partition,
    offset: next,
    metadata: encodeCommit({ ...reached, cleanTopic: places.cleanTopicId, rawTopic: places.rawTopicId }),
  });
  state.position = next;
  state.reached = reached;
}
