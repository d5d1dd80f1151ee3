import type { Batch, Consumer, EachBatchPayload, Kafka } from 'kafkajs';

/** A record as it lies in a topic. Offsets and timestamps stay text: converting each would cost more than it says. */
export interface SourceRecord {
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly offset: string;
  /** Unix ms. */
  readonly timestamp: string;
}

export interface SourceBatch {
  partition: number;
  /** Committed records in the order of their offsets, at least one. */
  records: readonly SourceRecord[];
  /** The offset after everything that was fetched, control records and aborted ones included. */
  next: bigint;
}

/** How a handler of a batch speaks to its source. */
export interface BatchContext {
  /** Proves that this process is still a member; throws when the group is being re-formed. */
  heartbeat(): Promise<void>;
  /** Everything before this offset is done with. */
  resolved(next: bigint): void;
  isRunning(): boolean;
}

export interface SourceHandlers {
  /** The group was (re-)formed. Every partition stands still until `start` names its position. */
  onAssigned(partitions: readonly number[]): void;
  /** A rejection makes the whole source fail, except where it came out of `heartbeat`. */
  onBatch(batch: SourceBatch, context: BatchContext): Promise<void>;
  /** A stretch without any committed record (markers, aborted transactions) ends before `next`. */
  onPassed(partition: number, next: bigint): void;
  /** The source has stopped for good; it must be built anew. */
  onCrash(error: unknown): void;
}

/** One member of a consumer group, reading one topic. It commits nothing itself. */
export interface EventSource {
  run(handlers: SourceHandlers): Promise<void>;
  /** Lets an assigned partition flow from this offset. */
  start(partition: number, offset: bigint): void;
  /** Waits for running batches, then leaves the group. */
  stop(): Promise<void>;
}

const HEARTBEAT_MS = 1_000;

/** Builds a source; nothing connects before `run`. */
export function eventSource(kafka: Kafka, topic: string, group: string, concurrency: number): EventSource {
  const consumer = kafka.consumer({
    groupId: group,
    sessionTimeout: 10_000,
    rebalanceTimeout: 20_000,
    heartbeatInterval: HEARTBEAT_MS,
    maxBytesPerPartition: 4_000_000,
    maxBytes: 16_000_000,
    minBytes: 1,
    maxWaitTimeInMs: 100,
    metadataMaxAge: 30_000,
    allowAutoTopicCreation: false,
    // A crash is the owner's to answer: one way back for every kind of failure.
    retry: { restartOnFailure: async () => false },
  });
  return {
    run: (handlers) => run(consumer, topic, concurrency, handlers),
    start(partition, offset) {
      consumer.seek({ topic, partition, offset: offset.toString() });
      consumer.resume([{ topic, partitions: [partition] }]);
    },
    stop: () => consumer.disconnect(),
  };
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
  consumer.on(consumer.events.CRASH, ({ payload }) => handlers.onCrash(payload.error));
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
      heartbeat,
      isRunning,
      resolved: (next) => resolveOffset((next - 1n).toString()),
    });
  } finally {
    clearInterval(timer);
  }
}

function sourceBatch(batch: Batch): SourceBatch {
  return { partition: batch.partition, records: batch.messages, next: BigInt(batch.lastOffset()) + 1n };
}
