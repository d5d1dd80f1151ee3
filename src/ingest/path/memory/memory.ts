import type { MarksTrack } from '../../../store/marks/track.ts';
import type { LaneDeps } from '../deps.ts';
import type { DedupeWindow } from './dedupe.ts';

/** What a lane knows of the clean partition that it writes; all of it can be read back from there (`recovery/`). */
export interface Memory {
  readonly window: DedupeWindow;
  readonly track: MarksTrack;
  /** The clean offset where it begins. */
  readonly begin: bigint;
  /** The clean offset up to which it has learned. */
  readonly learned: bigint;
  /** Everything before this clean offset was learned. */
  reached(to: bigint): void;
  /** Gives the room of the window's ids back. */
  close(): void;
}

/** A memory that knows nothing yet. @param begin the clean offset from which on it learns */
export function emptyMemory(deps: LaneDeps, begin: bigint): Memory {
  const { stream, partition, places, clients, limits } = deps;
  const key = `${stream}/${partition}`;
  const window = limits.ids.open(key, limits.dedupeMs);
  const track = clients.marks.track({ stream, incarnation: places.cleanTopicId, partition }, begin);
  let learned = begin;
  return {
    window,
    track,
    begin,
    get learned() {
      return learned;
    },
    reached(to) {
      learned = to;
      track.advance(to);
    },
    close: () => limits.ids.close(key, window),
  };
}
