import type { KafkaClient } from '../clients/kafka/port.ts';
import type { PartitionStanding, Standing } from './standing.ts';

/** A clean record that Druid has not read. */
export interface Unread {
  partition: number;
  offset: string;
  /** When the event arrived in the raw topic, Unix ms. */
  arrivedMs: number;
}

/** One record is looked for; where Kafka does not give it, that is for others to say. */
const READ_LIMIT_MS = 5_000;

/** Has Druid still something to read in this partition? */
export function isBehind({ at, written }: PartitionStanding): boolean {
  return (at ?? 0n) < written;
}

/** The first record of a partition that Druid has not read, of those that are left; undefined where none can be read. */
export async function firstUnread(
  kafka: Pick<KafkaClient, 'readRange'>,
  { topic }: Pick<Standing, 'topic'>,
  { partition, at = 0n, low, high, written }: PartitionStanding,
): Promise<Unread | undefined> {
  let first: Unread | undefined;
  const range = { topic, partition, from: at > low ? at : low, to: written < high ? written : high };
  const limit = AbortSignal.timeout(READ_LIMIT_MS);
  const reading = kafka.readRange(
    range,
    ([record]) => {
      if (record === undefined) return undefined;
      first ??= { partition, offset: record.offset, arrivedMs: Number(record.timestamp) };
      return 'enough';
    },
    limit,
  );
  await reading.catch((error: unknown) => {
    if (!limit.aborted) throw error;
  });
  return first;
}
