import type { Kafka } from 'kafkajs';

/** Sees whether records of a transaction that is still open stand in a topic. */
export interface TransactionWatch {
  isOpen(): Promise<boolean>;
  close(): Promise<void>;
}

/** Follows a topic from now on as somebody who reads uncommitted records too. */
export async function watchTransactions(plain: Kafka, topic: string): Promise<TransactionWatch> {
  const admin = plain.admin();
  await admin.connect();
  const consumer = plain.consumer({
    groupId: `watch-${topic}-${Math.random()}`,
    readUncommitted: true,
    maxWaitTimeInMs: 20,
  });
  const seen = new Map<number, bigint>();
  await consumer.connect();
  await consumer.subscribe({ topics: [topic], fromBeginning: true });
  await consumer.run({
    autoCommit: false,
    eachBatch: ({ batch }) => {
      seen.set(batch.partition, BigInt(batch.lastOffset()));
      return Promise.resolve();
    },
  });
  return {
    async isOpen() {
      // Its `high` is the last stable offset: where the first open transaction begins.
      const stable = await admin.fetchTopicOffsets(topic);
      return stable.some(({ partition, high }) => (seen.get(partition) ?? -1n) >= BigInt(high));
    },
    async close() {
      await consumer.disconnect();
      await admin.disconnect();
    },
  };
}
