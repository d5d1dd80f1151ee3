import type { BatchContext, SourceBatch } from '../../clients/kafka/port.ts';
import type { Lane } from './lane.ts';

/**
 * Has a lane ready again for the next attempt, after an error in one of its transactions.
 * @param failures how many there were in a row
 * @throws what ends the work on this batch
 */
export type Mend = (error: unknown, failures: number) => Promise<void>;

/**
 * The way of records begins: takes what was fetched, from the lane's position on, transaction by transaction. Each of
 * them judges, writes, commits and remembers (`transact.ts`).
 * @throws what `mend` throws
 */
export async function takeFetched(
  lane: Pick<Lane, 'position' | 'process'>,
  { records, next }: SourceBatch,
  context: BatchContext,
  mend: Mend,
): Promise<void> {
  if (next < lane.position)
    throw new Error(`records before offset ${next} came again after ${lane.position}`);
  let at = firstFrom(records, lane.position);
  for (let failures = 0; at < records.length;) {
    if (!context.isRunning()) return;
    try {
      at = await lane.process(records, at, next);
      failures = 0;
    } catch (error) {
      await mend(error, ++failures);
      // What happened to the failed transaction, the committed position tells.
      at = firstFrom(records, lane.position);
    }
    context.resolved(lane.position < next ? lane.position : next);
    await context.heartbeat();
  }
  context.resolved(next);
}

function firstFrom(records: SourceBatch['records'], position: bigint): number {
  const [first] = records;
  if (first !== undefined && BigInt(first.offset) >= position) return 0;
  const index = records.findIndex(({ offset }) => BigInt(offset) >= position);
  return index === -1 ? records.length : index;
}
