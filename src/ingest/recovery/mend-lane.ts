import { setTimeout as sleep } from 'node:timers/promises';
import { type BatchContext, Fenced, Rebalancing } from '../../clients/kafka/port.ts';
import type { Mend } from '../path/fetch.ts';
import type { Lane } from '../path/lane.ts';
import { MAX_ATTEMPTS, type OnTrouble, openLane } from './open-lane.ts';

/** Longer than the interval of heartbeats, so that the next one really asks the broker. */
const BEAT_IS_DUE_MS = 1_100;

/**
 * How a lane is mended after an error in one of its transactions: it is taken over anew.
 * @throws what a sixth transaction in a row has failed with; Rebalancing at once
 */
export function mendLane(lane: Lane, context: BatchContext, signal: AbortSignal, onTrouble: OnTrouble): Mend {
  return async (error, failures) => {
    onTrouble(lane.partition, error);
    if (failures >= MAX_ATTEMPTS) throw error;
    await afterError(error, context);
    await openLane(lane, signal, onTrouble, () => context.isRunning());
  };
}

/** A lane that was taken over belongs to another member now, unless the group says otherwise. */
async function afterError(error: unknown, context: BatchContext): Promise<void> {
  if (error instanceof Rebalancing) throw error;
  if (error instanceof Fenced) await sleep(BEAT_IS_DUE_MS);
  await context.heartbeat();
}
