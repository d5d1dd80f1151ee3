import { randomUUID } from 'node:crypto';
import type { Kafka } from 'kafkajs';
import { MillraceError } from '../errors.ts';
import type { SourceRecord } from './kafka-source.ts';

/** Committed records of one partition, from `from` up to and without `to`. The last of them must exist. */
export interface Range {
  topic: string;
  partition: number;
  from: bigint;
  to: bigint;
}

/** Longest time without a record before a read is given up. */
const STALL_MS = 30_000;

/**
 * Reads a range of one partition once, in order, and returns when it has seen the last record.
 *
 * kafkajs can fetch only as a member of a group, so this joins one of its own, which is gone afterwards and
 * never commits. Memory: one fetch.
 */
export async function readRange(
  kafka: Kafka,
  range: Range,
  groupPrefix: string,
  onRecords: (records: readonly SourceRecord[]) => void,
  signal?: AbortSignal,
): Promise<void> {
  const { topic, partition, from, to } = range;
  if (from >= to) return;
  const consumer = kafka.consumer({
    groupId: `${groupPrefix}.reader-${randomUUID()}`,
    sessionTimeout: 30_000,
    maxBytesPerPartition: 4_000_000,
    maxWaitTimeInMs: 100,
    allowAutoTopicCreation: false,
    retry: { restartOnFailure: async () => false },
  });
  const done = deferred();
  let lastSeen = Date.now();
  const watch = setInterval(() => {
    if (signal?.aborted)
      done.reject(new MillraceError('KAFKA_UNAVAILABLE', `Reading ${topic}/${partition} was stopped.`));
    else if (Date.now() - lastSeen > STALL_MS) done.reject(stalled(range));
  }, 250);
  try {
    consumer.on(consumer.events.CRASH, ({ payload }) => done.reject(payload.error));
    consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
      const others = (payload.memberAssignment[topic] ?? []).filter((assigned) => assigned !== partition);
      if (others.length > 0) consumer.pause([{ topic, partitions: others }]);
      consumer.seek({ topic, partition, offset: from.toString() });
    });
    await consumer.connect();
    await consumer.subscribe({ topics: [topic], fromBeginning: true });
    await consumer.run({
      autoCommit: false,
      eachBatch: async ({ batch, heartbeat }) => {
        if (batch.partition !== partition) return;
        lastSeen = Date.now();
        onRecords(BigInt(batch.lastOffset()) < to ? batch.messages : before(batch.messages, to));
        await heartbeat();
        if (BigInt(batch.lastOffset()) + 1n >= to) done.resolve();
      },
    });
    await done.promise;
  } finally {
    clearInterval(watch);
    await consumer.disconnect().catch(() => undefined);
  }
}

/** A promise and its two ends; a rejection that nobody awaits any more is no fault. */
function deferred() {
  let resolve = (): void => undefined;
  let reject = (_error: unknown): void => undefined;
  const promise = new Promise<void>((onDone, onError) => {
    resolve = onDone;
    reject = onError;
  });
  promise.catch(() => undefined);
  return { promise, resolve, reject };
}

function before(records: readonly SourceRecord[], to: bigint): SourceRecord[] {
  return records.filter(({ offset }) => BigInt(offset) < to);
}

function stalled({ topic, partition, from, to }: Range): MillraceError {
  return new MillraceError(
    'KAFKA_UNAVAILABLE',
    `Reading ${topic}/${partition} from ${from} to ${to} brought nothing for ${STALL_MS / 1000} s. It is repeated.`,
  );
}
