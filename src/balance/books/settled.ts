import { setTimeout as sleep } from 'node:timers/promises';
import type { Bounds } from '../../clients/kafka/port.ts';
import type { BalanceDeps } from '../deps.ts';

export interface Settled {
  bounds: Map<number, Bounds>;
  /** A transaction is still open in these partitions: what lies behind its first record cannot be read. */
  hidden: number[];
}

const SETTLE_MS = 10_000;
/** Our own transactions end within milliseconds. */
const SAY_AFTER_MS = 1_000;
const LOOK_MS = 100;

/**
 * The bounds of a topic once all can be read that stands in it at this moment. Kafka ends a transaction partition by
 * partition: a commit can be seen a moment before the records that it speaks of.
 */
export async function settled(
  { kafka, say }: Pick<BalanceDeps, 'kafka' | 'say'>,
  topic: string,
): Promise<Settled> {
  const ends = await kafka.ends(topic);
  const beganMs = Date.now();
  let hasSaid = false;
  for (;;) {
    const bounds = await kafka.bounds(topic);
    const hidden = [...ends].filter(([partition, end]) => (bounds.get(partition)?.high ?? 0n) < end);
    const waitedMs = Date.now() - beganMs;
    if (hidden.length === 0 || waitedMs > SETTLE_MS)
      return { bounds, hidden: hidden.map(([partition]) => partition) };
    if (!hasSaid && waitedMs > SAY_AFTER_MS) {
      say(`waiting until transactions in ${topic} have ended`);
      hasSaid = true;
    }
    await sleep(LOOK_MS);
  }
}
