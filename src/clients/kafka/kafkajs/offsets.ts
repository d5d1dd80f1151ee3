import type { Admin } from 'kafkajs';
import type { Bounds, Committed } from '../port.ts';
import { StaleMetadata } from './shared.ts';

/** By partition, every one that the topic has. */
export async function boundsOf(admin: Admin, topic: string): Promise<Map<number, Bounds>> {
  const rows = await ofAllPartitions(topic, () => admin.fetchTopicOffsets(topic));
  return new Map(
    rows.map(({ partition, low, high }) => [partition, { low: BigInt(low), high: BigInt(high) }]),
  );
}

/** By partition, every one that the topic has: the first offset not older; the end where there is none. */
export async function offsetsAt(admin: Admin, topic: string, timeMs: number): Promise<Map<number, bigint>> {
  const rows = await ofAllPartitions(topic, () => admin.fetchTopicOffsetsByTimestamp(topic, timeMs));
  return new Map(rows.map(({ partition, offset }) => [partition, BigInt(offset)]));
}

/** By partition, every one that the topic has; undefined where the group has committed nothing. */
export async function committedOf(
  admin: Admin,
  group: string,
  topic: string,
): Promise<Map<number, Committed | undefined>> {
  const rows = await ofAllPartitions(topic, async () => {
    const [answer] = await admin.fetchOffsets({ groupId: group, topics: [topic] });
    return answer?.partitions ?? [];
  });
  return new Map(
    rows.map(({ partition, offset, metadata }) => {
      const next = BigInt(offset);
      return [partition, next < 0n ? undefined : { offset: next, metadata: metadata ?? '' }];
    }),
  );
}

/**
 * kafkajs looks up anew before each question which partitions there are, but of one topic or another: what is asked at
 * the same time may replace the answer. Then it asks for no partition at all, and "nothing there" is what it answers.
 * @throws StaleMetadata where that has happened: every topic has a partition
 */
async function ofAllPartitions<Row>(topic: string, ask: () => Promise<Row[]>): Promise<Row[]> {
  const rows = await ask();
  if (rows.length > 0) return rows;
  throw new StaleMetadata(`nothing was answered for any partition of ${topic}`);
}
