import { setTimeout as sleep } from 'node:timers/promises';
import { type BatchContext, Fenced, Rebalancing, type SourceBatch } from '../../clients/kafka/port.ts';
import type { Lane } from './lane.ts';
import { MAX_ATTEMPTS, type OnTrouble, openLane } from '../recovery/open-lane.ts';

/** Longer than the interval of heartbeats, so that the next one really asks the broker. */
const BEAT_IS_DUE_MS = 1_100;

/**
 * Sends a fetched batch through its lane, transaction by transaction.
 *
 * After an error the lane is taken over anew, and the batch goes on at the position that it finds.
 * @throws what a sixth attempt has failed with; Rebalancing at once
 */
export async function takeBatch(
  lane: Lane,
  batch: SourceBatch,
  context: BatchContext,
  signal: AbortSignal,
  onTrouble: OnTrouble,
): Promise<void> {
  const { records, next } = batch;
  if (next < lane.position)
    throw new Error(`records before offset ${next} came again after ${lane.position}`);
  let at = firstFrom(records, lane.position);
  for (let attempt = 1; at < records.length;) {
    if (!context.isRunning()) return;
    try {
      at = await lane.process(records, at, next);
      attempt = 1;
    } catch (error) {
      onTrouble(lane.partition, error);
      if (attempt++ >= MAX_ATTEMPTS) throw error;
      await afterError(error, context);
      await openLane(lane, signal, onTrouble, () => context.isRunning());
      // What happened to the failed transaction, the committed position tells.
      at = firstFrom(records, lane.position);
    }
    context.resolved(lane.position < next ? lane.position : next);
    await context.heartbeat();
  }
  context.resolved(next);
}

/** A lane that was taken over belongs to another member now, unless the group says otherwise. */
async function afterError(error: unknown, context: BatchContext): Promise<void> {
  if (error instanceof Rebalancing) throw error;
  if (error instanceof Fenced) await sleep(BEAT_IS_DUE_MS);
  await context.heartbeat();
}

function firstFrom(records: SourceBatch['records'], position: bigint): number {
  const [first] = records;
  if (first !== undefined && BigInt(first.offset) >= position) return 0;
  const index = records.findIndex(({ offset }) => BigInt(offset) >= position);
  return index === -1 ? records.length : index;
}
