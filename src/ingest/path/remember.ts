import type { Judged } from './judge.ts';
import { type LaneState, opened } from './state.ts';

/**
 * The transaction is through: from now on its ids are known and its hours stand.
 * @param offsets where its clean records lie in the clean topic
 */
export function remember(state: LaneState, judged: Judged, offsets: readonly number[]): void {
  const memory = opened(state.memory);
  const { window, track } = memory;
  judged.clean.forEach(({ id, arrivalMs, hourMs }, index) => {
    window.add(id, arrivalMs);
    track.note(hourMs, offsets[index] ?? 0);
  });
  window.prune(judged.newestMs);
  memory.reached(state.reached.clean);
  if (window.evicted > 0 && !state.isWindowFull) state.deps.onWindowFull(state.deps.partition);
  state.isWindowFull = window.evicted > 0;
}
