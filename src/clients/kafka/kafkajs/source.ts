import type { Batch, Consumer, EachBatchPayload, Kafka } from 'kafkajs';
import type { EventSource, SourceBatch, SourceHandlers } from '../port.ts';
import { kafkaError, translated, untranslated } from './errors.ts';

const HEARTBEAT_MS = 1_000;

/** One member of a group, reading one topic. Nothing connects before `run`. */
export function eventSource(kafka: Kafka, topic: string, group: string, concurrency: number): EventSource {
  const consumer = kafka.consumer({
    groupId: group,
    sessionTimeout: 10_000,
    rebalanceTimeout: 20_000,
    heartbeatInterval: HEARTBEAT_MS,
    // Small enough that most of a fetch is done with before the collector of young objects comes by.
    maxBytesPerPartition: 1_000_000,
    maxBytes: 16_000_000,
    minBytes: 1,
    maxWaitTimeInMs: 100,
    metadataMaxAge: 30_000,
    allowAutoTopicCreation: false,
    // A crash is the owner's to answer: one way back for every kind of failure.
    retry: { restartOnFailure: async () => false },
  });
  return {
    run: (handlers) => translated(whatOf(topic), () => run(consumer, topic, concurrency, handlers)),
    start(partition, offset) {
      consumer.seek({ topic, partition, offset: offset.toString() });
      consumer.resume([{ topic, partitions: [partition] }]);
    },
    stop: () => translated(whatOf(topic), () => consumer.disconnect()),
  };
}

function whatOf(topic: string): string {
  return `Consuming ${topic}`;
}

async function run(consumer: Consumer, topic: string, concurrency: number, handlers: SourceHandlers) {
  consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
    const partitions = payload.memberAssignment[topic] ?? [];
    // kafkajs would start at the committed offset that it reads by itself, which may be one transaction old.
    consumer.pause([{ topic, partitions }]);
    handlers.onAssigned(partitions);
  });
  consumer.on(consumer.events.START_BATCH_PROCESS, ({ payload }) => {
    if (payload.batchSize === 0) handlers.onPassed(payload.partition, BigInt(payload.lastOffset) + 1n);
  });
  consumer.on(consumer.events.CRASH, ({ payload }) => {
    handlers.onCrash(kafkaError(payload.error, whatOf(topic)));
  });
  await consumer.connect();
  await consumer.subscribe({ topics: [topic], fromBeginning: true });
  await consumer.run({
    autoCommit: false,
    eachBatchAutoResolve: false,
    partitionsConsumedConcurrently: concurrency,
    eachBatch: (payload) => withHeartbeats(payload, handlers),
  });
}

async function withHeartbeats(payload: EachBatchPayload, handlers: SourceHandlers): Promise<void> {
  const { batch, heartbeat, resolveOffset, isRunning, isStale } = payload;
  if (isStale()) return;
  // A failed beat is not lost: the next one that the handler awaits is due at once, and fails the same way.
  const timer = setInterval(() => void heartbeat().catch(() => undefined), HEARTBEAT_MS);
  try {
    await handlers.onBatch(sourceBatch(batch), {
      heartbeat: () => translated(`Staying a member of the group that reads ${batch.topic}`, heartbeat),
      isRunning,
      resolved: (next) => resolveOffset((next - 1n).toString()),
    });
  } catch (error) {
    // kafkajs joins its group anew where it hears an error of its own.
    throw untranslated(error);
  } finally {
    clearInterval(timer);
  }
}

function sourceBatch(batch: Batch): SourceBatch {
  return { partition: batch.partition, records: batch.messages, next: BigInt(batch.lastOffset()) + 1n };
}
