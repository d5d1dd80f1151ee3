import { setTimeout as sleep } from 'node:timers/promises';
import { Kafka, type KafkaConfig, type Producer, type Transaction } from 'kafkajs';
import { kafkaCause } from './kafka-errors.ts';

/** A record to be written. Its partition is given: without it a retry could pick another one. */
export interface OutRecord {
  partition: number;
  key: Buffer | string | null;
  value: Buffer | null;
  /** Unix ms. */
  timestamp?: string;
  headers?: Record<string, string>;
}

/** The position that a transaction commits with its records. */
export interface TransactionPosition {
  group: string;
  topic: string;
  partition: number;
  /** The next offset to read. */
  offset: bigint;
  metadata: string;
}

/**
 * One transactional producer, always inside a transaction: opened by `openProducer`, then after each `commit`.
 *
 * Any error makes it useless, with an unknown outcome: close it, open a new one, and ask the committed position
 * what happened.
 */
export interface LaneProducer {
  /** Sends records of one partition. @returns the offset of the first of them */
  send(topic: string, records: OutRecord[]): Promise<number>;
  /** Commits what was sent, together with the position, and begins the next transaction. */
  commit(position: TransactionPosition): Promise<void>;
  close(): Promise<void>;
}

/** Below Kafka's 60 s: as long as an orphan's open transaction hides everything after it from readers. */
const TRANSACTION_TIMEOUT_MS = 15_000;

/** The broker writes the markers of the last transaction after its answer; until then the next may not begin. */
const BUSY_RETRY_MS = 3;
const BUSY_LIMIT_MS = 5_000;

/**
 * Connects a producer and initialises its transactional id: the broker finishes or aborts what an earlier holder
 * of the id left open, and refuses that holder from then on.
 *
 * kafkajs may not repeat anything here: in protocol version 1 a delayed duplicate can hit a later transaction of
 * the same epoch. Only the answer "the last transaction is still being completed" is waited out, which comes
 * before anything has happened.
 */
export async function openProducer(config: KafkaConfig, transactionalId: string): Promise<LaneProducer> {
  const kafka = new Kafka({ ...config, retry: { ...config.retry, retries: 0 } });
  const producer = kafka.producer({
    transactionalId,
    transactionTimeout: TRANSACTION_TIMEOUT_MS,
    maxInFlightRequests: 1,
    allowAutoTopicCreation: false,
    createPartitioner:
      () =>
      ({ message }) =>
        givenPartition(message.partition),
  });
  try {
    await producer.connect();
    const transaction = await whileBusy(() => producer.transaction());
    return laneProducer(producer, transaction);
  } catch (error) {
    await disconnect(producer);
    throw error;
  }
}

function laneProducer(producer: Producer, first: Transaction): LaneProducer {
  let transaction = first;
  return {
    async send(topic, records) {
      const [answer] = await whileBusy(() => transaction.send({ topic, messages: records, acks: -1 }));
      const base = Number(answer?.baseOffset);
      if (!Number.isSafeInteger(base) || base < 0) {
        throw new Error(`Kafka accepted records for ${topic} without saying where: ${answer?.baseOffset}`);
      }
      return base;
    },
    async commit({ group, topic, partition, offset, metadata }) {
      // The wire format carries the metadata; only the published type leaves it out.
      const position = { partition, offset: offset.toString(), metadata };
      await whileBusy(() =>
        transaction.sendOffsets({ consumerGroupId: group, topics: [{ topic, partitions: [position] }] }),
      );
      await transaction.commit();
      transaction = await producer.transaction();
    },
    close: () => disconnect(producer),
  };
}

/** Chosen here and nowhere else: kafkajs asks again at each retry, and round robin would answer differently. */
function givenPartition(partition: number | undefined): number {
  if (partition === undefined) throw new Error('a record without a partition reached the partitioner');
  return partition;
}

async function whileBusy<T>(work: () => Promise<T>): Promise<T> {
  const deadline = Date.now() + BUSY_LIMIT_MS;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (kafkaCause(error).type !== 'CONCURRENT_TRANSACTIONS' || Date.now() > deadline) throw error;
      await sleep(BUSY_RETRY_MS);
    }
  }
}

async function disconnect(producer: Producer): Promise<void> {
  // The connection may be what broke; the broker forgets it either way.
  await producer.disconnect().catch(() => undefined);
}
