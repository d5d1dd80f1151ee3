import { randomUUID } from 'node:crypto';
import type { Consumer, Kafka } from 'kafkajs';
import { type Deferred, deferred } from '../../../deferred.ts';
import { MillraceError } from '../../../errors.ts';
import type { Range, RangeHandler, SourceRecord } from '../port.ts';
import { translated } from './errors.ts';

/** Longest time without a record before a read is given up. */
const STALL_MS = 30_000;
const LOOK_MS = 250;

/**
 * Reads a range of one partition once, in order, and returns when it has passed the range's end.
 *
 * kafkajs can fetch only as a member of a group, so this joins one of its own, which is gone afterwards and
 * never commits. Memory: one fetch.
 * @param group how the group's name begins
 */
export async function readRange(
  kafka: Kafka,
  group: string,
  range: Range,
  onRecords: RangeHandler,
  signal?: AbortSignal,
): Promise<void> {
  if (range.from >= range.to) return;
  const consumer = kafka.consumer({
    groupId: `${group}-${randomUUID()}`,
    sessionTimeout: 30_000,
    maxBytesPerPartition: 4_000_000,
    maxWaitTimeInMs: 100,
    allowAutoTopicCreation: false,
    retry: { restartOnFailure: async () => false },
  });
  const progress: Progress = { done: deferred(), seenMs: Date.now() };
  const watch = setInterval(() => giveUp(range, progress, signal), LOOK_MS);
  try {
    await translated(`Reading ${range.topic}/${range.partition}`, async () => {
      await consume(consumer, range, progress, onRecords);
      await progress.done.promise;
    });
  } finally {
    clearInterval(watch);
    await consumer.disconnect().catch(() => undefined);
  }
}

interface Progress {
  done: Deferred;
  seenMs: number;
}

async function consume(
  consumer: Consumer,
  { topic, partition, from, to }: Range,
  progress: Progress,
  onRecords: RangeHandler,
): Promise<void> {
  const { done } = progress;
  const passed = (last: string) => {
    progress.seenMs = Date.now();
    if (BigInt(last) + 1n >= to) done.resolve();
  };
  consumer.on(consumer.events.CRASH, ({ payload }) => done.reject(payload.error));
  consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
    const others = (payload.memberAssignment[topic] ?? []).filter((assigned) => assigned !== partition);
    if (others.length > 0) consumer.pause([{ topic, partitions: others }]);
    consumer.seek({ topic, partition, offset: from.toString() });
  });
  // A stretch of markers and aborted records: no batch is made of it.
  consumer.on(consumer.events.START_BATCH_PROCESS, ({ payload }) => {
    if (payload.partition === partition && payload.batchSize === 0) passed(payload.lastOffset);
  });
  await consumer.connect();
  await consumer.subscribe({ topics: [topic], fromBeginning: true });
  await consumer.run({
    autoCommit: false,
    eachBatch: async ({ batch, heartbeat }) => {
      if (batch.partition !== partition) return;
      const last = batch.lastOffset();
      if (onRecords(BigInt(last) < to ? batch.messages : before(batch.messages, to)) === 'enough') {
        done.resolve();
      }
      passed(last);
      await heartbeat();
    },
  });
}

function before(records: readonly SourceRecord[], to: bigint): SourceRecord[] {
  return records.filter(({ offset }) => BigInt(offset) < to);
}

function giveUp({ topic, partition, from, to }: Range, { done, seenMs }: Progress, signal?: AbortSignal) {
  if (signal?.aborted) {
    done.reject(new MillraceError('KAFKA_UNAVAILABLE', `Reading ${topic}/${partition} was stopped.`));
  } else if (Date.now() - seenMs > STALL_MS) {
    done.reject(
      new MillraceError(
        'KAFKA_UNAVAILABLE',
        `Reading ${topic}/${partition} from ${from} to ${to} brought nothing for ${STALL_MS / 1000} s. It is repeated.`,
      ),
    );
  }
}
