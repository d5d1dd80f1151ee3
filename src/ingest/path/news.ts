import type { CommitMetadata } from '../../store/commit.ts';

/** What a lane has to say to those who look after it. */
export interface LaneNews {
  /** The raw records from `from` on are gone unread; it goes on at `to`. */
  onGap: (partition: number, from: bigint, to: bigint) => void;
  /** The raw topic is another than the one that was read; it is read from `low` on. */
  onRawAnew: (partition: number, low: bigint) => void;
  /** The raw partition has lost its last records, which were processed; it goes on at `to`, after those that it holds. */
  onRawCut: (partition: number, position: bigint, to: bigint) => void;
  /** The committed position and counters are lost; it goes on with what the clean topic tells. */
  onRebuilt: (partition: number, rebuilt: Rebuilt) => void;
  /** The clean topic is another than the one that was written to; it goes on with what that one holds. */
  onCleanAnew: (partition: number) => void;
  /** The windows hold more ids than fit in memory: from now on this one forgets its oldest before their time. */
  onWindowFull: (partition: number) => void;
}

/** Where a lane goes on whose committed position was lost, and what it still knows. */
export interface Rebuilt {
  position: bigint;
  /** Its counters start anew. */
  state: CommitMetadata;
  /**
   * What the position was found by. Nothing is lost in any of the three cases, but some records are written twice:
   * - `record` (the last clean record's own place in the raw partition): the dead letters that came after it;
   * - `time` (the dedupe window before it): the dead letters of the window;
   * - `start` (the first record there is): all dead letters, and every clean event that is older than the window.
   */
  by: 'record' | 'time' | 'start';
}
