import type { Committed } from '../../clients/kafka/port.ts';
import { type CommitMetadata, decodeCommit } from '../../store/commit.ts';
import { commit } from '../path/commit.ts';
import type { LaneDeps } from '../path/deps.ts';
import { type LaneState, NOTHING_REACHED } from '../path/state.ts';
import { catchUp, newMemory } from './catch-up.ts';
import { cleanEndOf } from './clean-end.ts';
import { rebuild } from './rebuild.ts';

/** Takes a partition over: from whoever had it before, or from oneself after an error. */
export async function takeOver(state: LaneState, signal: AbortSignal): Promise<void> {
  const { partition, places } = state.deps;
  const { kafka } = state.deps.clients;
  await closeProducer(state);
  state.producer = await kafka.openProducer(places.transactionalId);
  // Only now: until the id was taken over, a transaction of its last holder could still come through.
  const committed = await kafka.committedAt(places.group, places.topics.raw, partition);
  const reached = decodeCommit(committed?.metadata);
  if (committed === undefined || reached === undefined) await begin(state, committed, signal);
  else await resume(state, committed.offset, await ofThisTopic(state.deps, reached, signal));
  state.memory ??= await newMemory(state.deps, state.reached);
  await catchUp(state.deps, state.memory, state.reached.clean, signal);
}

/** Ends the lane's producer; the lane cannot write until it is taken over again. */
export async function closeProducer(state: LaneState): Promise<void> {
  const { producer } = state;
  state.producer = undefined;
  await producer?.close();
}

/**
 * What was reached, as it stands in the clean topic of now: offsets of one that was deleted mean nothing in it.
 *
 * Never "no event yet", which would have loads replace their rows by none: there were events.
 */
async function ofThisTopic(
  deps: LaneDeps,
  reached: CommitMetadata,
  signal: AbortSignal,
): Promise<CommitMetadata> {
  const { partition, places, clients, news } = deps;
  const isOfThis = (reached.cleanTopic ?? places.cleanTopicId) === places.cleanTopicId;
  if (reached.clean === 0n || isOfThis) return reached;
  news.onCleanAnew(partition);
  const bounds = await clients.kafka.boundsAt(places.topics.clean, partition);
  const { next, newestMs } = await cleanEndOf(deps, bounds, signal);
  return { ...reached, clean: next > 0n ? next : 1n, newestMs };
}

/** Goes on where the last commit has ended. */
async function resume(state: LaneState, offset: bigint, reached: CommitMetadata): Promise<void> {
  const { partition, places, clients, news } = state.deps;
  state.position = offset;
  state.reached = reached;
  const { low, high } = await clients.kafka.boundsAt(places.topics.raw, partition);
  if (offset >= low && offset <= high) return;
  // Retention has overtaken us, or the topic was made anew by something that kept the group's offsets (Kafka itself
  // deletes them with the topic, and then we rebuild). The window outlives both: it is of the clean topic, so events
  // of the last window that are sent once more are duplicates. A new topic that has already grown past the old
  // position cannot be told from the old one: its first records are skipped.
  news.onGap(partition, offset, low);
  // At once: whoever waits for this partition to be drained looks at the commit.
  await commit(state, low, reached);
}

/** Starts without a commit of ours: for the first time, or after the commit was lost. */
async function begin(state: LaneState, foreign: Committed | undefined, signal: AbortSignal): Promise<void> {
  const { partition, places, clients, news } = state.deps;
  const rebuilt = await rebuild(state.deps, signal);
  if (rebuilt) {
    // At once, like a gap: a load that waits for this partition goes on.
    await commit(state, rebuilt.position, rebuilt.state);
    news.onRebuilt(partition, rebuilt);
    return;
  }
  const { low, high } = await clients.kafka.boundsAt(places.topics.raw, partition);
  // Before the first event the position is the operator's to set, to leave out what is older.
  const offset = foreign?.offset ?? low;
  // From here on there is a commit: one that is missing was lost.
  await commit(state, offset < low || offset > high ? low : offset, NOTHING_REACHED);
}
