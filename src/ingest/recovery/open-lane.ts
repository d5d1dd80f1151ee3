import { setTimeout as sleep } from 'node:timers/promises';
import type { Lane } from '../path/lane.ts';

/** Something went wrong that a lane mends by itself. */
export type OnTrouble = (partition: number, error: unknown) => void;

/** Attempts to carry on in place before the whole consumer is built anew. */
export const MAX_ATTEMPTS = 6;
/** After its start a broker needs about a second to load what it knows of a transactional id. */
const QUIET_ATTEMPTS = 4;
const FIRST_PAUSE_MS = 50;

/** Opens a lane; Kafka may need a moment to load what it knows of it. */
export async function openLane(
  lane: Lane,
  signal: AbortSignal,
  onTrouble: OnTrouble,
  isWanted: () => boolean,
): Promise<void> {
  for (let attempt = 1; isWanted() && !signal.aborted; attempt++) {
    try {
      return await lane.open(signal);
    } catch (error) {
      if (attempt >= QUIET_ATTEMPTS) onTrouble(lane.partition, error);
      if (attempt === MAX_ATTEMPTS) throw error;
      await sleep(FIRST_PAUSE_MS * 2 ** attempt);
    }
  }
}
