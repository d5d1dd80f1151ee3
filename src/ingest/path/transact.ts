import type { SourceRecord } from '../../clients/kafka/port.ts';
import { addCounts } from '../../store/commit.ts';
import { commit } from './commit.ts';
import { judge } from './judge.ts';
import { remember } from './remember.ts';
import { type LaneState, opened } from './state.ts';
import { isTooLarge, write } from './write.ts';

/**
 * The way of some records that were fetched, in one transaction: judge → write → commit → remember.
 * @param from index of the first record to take
 * @param next the raw offset after the last of all these records
 * @returns the index after the last one taken
 */
export async function transact(
  state: LaneState,
  records: readonly SourceRecord[],
  from: number,
  next: bigint,
): Promise<number> {
  const { deps, reached } = state;
  const { topics } = deps.places;
  const { judgeEvent, bucketLengthMs } = deps.rules();
  const judged = judge({
    topic: topics.raw,
    partition: deps.partition,
    records,
    from,
    judgeEvent,
    window: opened(state.memory).window,
    newestMs: reached.newestMs,
    nowMs: Date.now(),
  });
  const written = await write(opened(state.producer), topics, judged, state.maxSendBytes).catch(
    (error: unknown) => {
      // It is tried again once the lane has been opened anew.
      if (isTooLarge(error)) state.maxSendBytes /= 2;
      throw error;
    },
  );
  const to = from + judged.taken;
  await commit(state, to === records.length ? next : offsetAt(records, to), {
    ...reached,
    clean: written.next ?? reached.clean,
    counts: addCounts(reached.counts, judged.counts),
    newestMs: judged.newestMs,
  });
  remember(state, judged, written.offsets, bucketLengthMs);
  return to;
}

function offsetAt(records: readonly SourceRecord[], index: number): bigint {
  const record = records[index];
  if (record === undefined) throw new RangeError(`no record at ${index} of ${records.length}`);
  return BigInt(record.offset);
}
