import type { Committed } from '../../clients/kafka/port.ts';
import { type CommitMetadata, decodeCommit } from '../../store/commit.ts';
import { commit } from '../path/commit.ts';
import { ofPartition } from '../../clients/kafka/of-partition.ts';
import { MillraceError } from '../../errors.ts';
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
  else await resume(state, committed.offset, await ofThisTopic(state.deps, reached, signal), signal);
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
  if (reached.clean === 0n) return reached;
  if (isOfThis) {
    await refuseCut(deps, reached.clean);
    return reached;
  }
  news.onCleanAnew(partition);
  const bounds = await clients.kafka.boundsAt(places.topics.clean, partition);
  const { next, newestMs } = await cleanEndOf(deps, bounds, signal);
  return { ...reached, clean: next > 0n ? next : 1n, newestMs };
}

/** Goes on where the last commit has ended. */
async function resume(
  state: LaneState,
  offset: bigint,
  reached: CommitMetadata,
  signal: AbortSignal,
): Promise<void> {
  const { partition, places, clients, news } = state.deps;
  state.position = offset;
  state.reached = reached;
  const { low, high } = await clients.kafka.boundsAt(places.topics.raw, partition);
  const isAnew = reached.rawTopic !== undefined && reached.rawTopic !== places.rawTopicId;
  if (!isAnew && offset >= low && offset <= high) return;
  // The window outlives all of it: it is of the clean topic, so events of the last window that are sent once more are
  // duplicates. Which topic a commit from before it was recorded is of, nobody knows: nothing may be skipped then.
  const isCut = !isAnew && offset > high && reached.rawTopic !== undefined;
  // What has come since the cut is new: only the clean topic tells it from what was processed.
  const to = isCut ? ((await rebuild(state.deps, signal))?.position ?? low) : low;
  if (isAnew) news.onRawAnew(partition, low);
  else if (isCut) news.onRawCut(partition, offset, to);
  else news.onGap(partition, offset, to);
  // At once: whoever waits for this partition to be drained looks at the commit.
  await commit(state, to, reached);
}

/**
 * Records that went on where a cut clean topic ends would lie before what Druid has read of it, which would skip them.
 * @throws CLEAN_TOPIC_CUT
 */
async function refuseCut({ partition, places, clients }: LaneDeps, written: bigint): Promise<void> {
  const { clean } = places.topics;
  const end = ofPartition(await clients.kafka.ends(clean), clean, partition);
  if (written <= end) return;
  throw new MillraceError(
    'CLEAN_TOPIC_CUT',
    `${clean}/${partition} ends at ${end}, but it was written up to ${written}: Kafka has lost its last records (after a power cut, or when a follower took over), and Druid may have read them. Take the stream out of its file, drop ${clean} and its datasource with 'npx millrace apply --prune --drop-data', and put it back: what the raw topic still holds is read again.`,
    { context: { topic: clean, partition } },
  );
}

/** Starts without a commit of ours: for the first time, or after the commit was lost. */
async function begin(state: LaneState, foreign: Committed | undefined, signal: AbortSignal): Promise<void> {
  const { partition, places, clients, news } = state.deps;
  const rebuilt = await rebuild(state.deps, signal);
  if (rebuilt) {
    // At once, like a gap: a load that waits for this partition goes on.
    await commit(state, rebuilt.position, { ...rebuilt.state, countsFrom: rebuilt.position });
    news.onRebuilt(partition, rebuilt);
    return;
  }
  const { low, high } = await clients.kafka.boundsAt(places.topics.raw, partition);
  // Before the first event the position is the operator's to set, to leave out what is older.
  const wished = foreign?.offset ?? low;
  const offset = wished < low || wished > high ? low : wished;
  // From here on there is a commit: one that is missing was lost.
  await commit(state, offset, { ...NOTHING_REACHED, countsFrom: offset });
}
