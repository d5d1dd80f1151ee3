import { setTimeout as sleep } from 'node:timers/promises';
import { Kafka, type KafkaConfig, type Message, type Producer, type Transaction } from 'kafkajs';
import type { TransactionProducer } from '../port.ts';
import { kafkaCause, translated } from './errors.ts';

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
export async function openProducer(
  config: KafkaConfig,
  transactionalId: string,
): Promise<TransactionProducer> {
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
  return translated(`Opening the producer ${transactionalId}`, async () => {
    try {
      await producer.connect();
      return inTransactions(producer, await whileBusy(() => producer.transaction()));
    } catch (error) {
      await disconnect(producer);
      throw error;
    }
  });
}

function inTransactions(producer: Producer, first: Transaction): TransactionProducer {
  let transaction = first;
  return {
    send: (topic, records) =>
      translated(`Writing to ${topic}`, async () => {
        const [answer] = await whileBusy(() =>
          transaction.send({ topic, messages: OnePartition.from(records), acks: -1 }),
        );
        const base = Number(answer?.baseOffset);
        if (!Number.isSafeInteger(base) || base < 0) {
          throw new Error(`Kafka accepted records without saying where: ${answer?.baseOffset}`);
        }
        return base;
      }),
    commit: ({ group, topic, partition, offset, metadata }) =>
      translated(`Committing ${topic}/${partition} for ${group}`, async () => {
        // The wire format carries the metadata; only the published type leaves it out.
        const position = { partition, offset: offset.toString(), metadata };
        await whileBusy(() =>
          transaction.sendOffsets({ consumerGroupId: group, topics: [{ topic, partitions: [position] }] }),
        );
        await transaction.commit();
        transaction = await producer.transaction();
      }),
    close: () => disconnect(producer),
  };
}

/**
 * Records of one partition, which need not be grouped by partition: kafkajs does that by `reduce`, and copies the group
 * for each record that it adds.
 */
class OnePartition extends Array<Message> {
  override reduce<T>(): T {
    return { [givenPartition(this[0]?.partition)]: this } as T;
  }

  /** What is derived of it is an ordinary array. */
  static override get [Symbol.species]() {
    return Array;
  }
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
