import type { Judged } from './judge.ts';
import { type LaneState, opened } from './state.ts';

/**
 * The transaction is through: from now on its ids are known and its marks stand.
 * @param offsets where its clean records lie in the clean topic
 * @param bucketLengthMs of the buckets that they were judged into
 */
export function remember(
  state: LaneState,
  judged: Judged,
  offsets: readonly number[],
  bucketLengthMs: number,
): void {
  const memory = opened(state.memory);
  const { window, track } = memory;
  judged.clean.forEach(({ id, arrivalMs, bucketMs }, index) => {
    window.add(id, arrivalMs);
    track.note(bucketMs, bucketLengthMs, offsets[index] ?? 0);
  });
  window.prune(judged.newestMs);
  memory.reached(state.reached.clean);
  if (window.evicted > 0 && !state.isWindowFull) state.deps.news.onWindowFull(state.deps.partition);
  state.isWindowFull = window.evicted > 0;
}
