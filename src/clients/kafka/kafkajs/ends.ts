import type { Kafka } from 'kafkajs';
import { StaleMetadata, type Shared } from './shared.ts';
import { sharedCluster } from './wire.ts';

/** What is used here of a cluster of kafkajs. */
export interface UncommittedReader {
  connect(): Promise<void>;
  disconnect(): Promise<void>;
  addTargetTopic(topic: string): Promise<void>;
  refreshMetadata(): Promise<void>;
  findTopicPartitionMetadata(topic: string): { partitionId: number }[];
  fetchTopicsOffset(
    topics: { topic: string; partitions: { partition: number }[]; fromBeginning: false }[],
  ): Promise<{ topic: string; partitions: { partition: number; offset: string }[] }[]>;
}

/** Kafka's own number. An admin of kafkajs asks as a reader of committed records, whatever it is told. */
const READ_UNCOMMITTED = 0;

export function sharedUncommittedReader(kafka: Kafka): Shared<UncommittedReader> {
  return sharedCluster<UncommittedReader>(kafka, { isolationLevel: READ_UNCOMMITTED });
}

/** By partition, every one that the topic has: the offset after its last record, whose transaction may be open yet. */
export async function endsOf(reader: UncommittedReader, topic: string): Promise<Map<number, bigint>> {
  await reader.addTargetTopic(topic);
  // Partitions may have been added since it was asked last.
  await reader.refreshMetadata();
  const partitions = reader
    .findTopicPartitionMetadata(topic)
    .map(({ partitionId }) => ({ partition: partitionId }));
  const [answer] = await reader.fetchTopicsOffset([{ topic, partitions, fromBeginning: false }]);
  if (answer === undefined || answer.partitions.length < Math.max(1, partitions.length)) {
    throw new StaleMetadata(`nothing was answered for some partition of ${topic}`);
  }
  return new Map(answer.partitions.map(({ partition, offset }) => [partition, BigInt(offset)]));
}
