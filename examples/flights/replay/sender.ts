import { setTimeout as sleep } from 'node:timers/promises';
import { Kafka, logLevel, Partitioners, type Producer } from 'kafkajs';
import type { Message } from './messages.ts';

/** kafkajs groups the messages of one send in quadratic time: more than a thousand at once gets slow. */
const MAX_MESSAGES_PER_SEND = 1_000;
/** The broker refuses a batch above 1 MiB; the rest is for Kafka's own framing. */
const MAX_BYTES_PER_SEND = 900_000;

const MAX_DISCONNECT_MS = 3_000;

export interface Sender {
  /** Resolves when all in-sync replicas have all of them. Rejects once the client's retries are spent. */
  send(messages: Message[]): Promise<void>;
  close(): Promise<void>;
}

/**
 * Opens a sender of keyed messages to one topic (acks = all, idempotent).
 *
 * @throws when the brokers do not answer, or do not have the topic: it is never created here
 */
export async function openSender(brokers: string[], topic: string): Promise<Sender> {
  const kafka = new Kafka({ clientId: 'flights-replay', brokers, logLevel: logLevel.NOTHING });
  await assertTopic(kafka, topic);
  let producer: Producer | undefined;

  return {
    async send(messages) {
      producer ??= await connect(kafka);
      try {
        await producer.send({
          topic,
          acks: -1,
          messages: messages.map(({ key, value }) => ({ key, value })),
        });
      } catch (error) {
        // What became of the batch is unknown, and so is the next sequence number: a new producer gets a new id.
        const spent = producer;
        producer = undefined;
        await disconnect(spent);
        throw error;
      }
    },
    async close() {
      if (producer !== undefined) await disconnect(producer);
    },
  };
}

/** Cuts messages into sends that stay below the limits above, in order. */
export function* chunksOf(messages: Message[]): Generator<Message[]> {
  let chunk: Message[] = [];
  let bytes = 0;
  for (const message of messages) {
    const size = Buffer.byteLength(message.key) + Buffer.byteLength(message.value);
    if (chunk.length === MAX_MESSAGES_PER_SEND || (chunk.length > 0 && bytes + size > MAX_BYTES_PER_SEND)) {
      yield chunk;
      chunk = [];
      bytes = 0;
    }
    chunk.push(message);
    bytes += size;
  }
  if (chunk.length > 0) yield chunk;
}

async function assertTopic(kafka: Kafka, topic: string): Promise<void> {
  const admin = kafka.admin();
  await admin.connect();
  try {
    const topics = await admin.listTopics();
    if (!topics.includes(topic)) {
      throw new Error(`Topic '${topic}' does not exist; create it first, the replay never does.`);
    }
  } finally {
    await admin.disconnect();
  }
}

async function connect(kafka: Kafka): Promise<Producer> {
  const producer = kafka.producer({
    idempotent: true,
    maxInFlightRequests: 1,
    allowAutoTopicCreation: false,
    createPartitioner: Partitioners.DefaultPartitioner,
    // Without a bound an idempotent producer of kafkajs repeats for ever, in silence.
    retry: { retries: 5 },
  });
  try {
    await producer.connect();
    return producer;
  } catch (error) {
    await disconnect(producer);
    throw error;
  }
}

/** After a broken connection kafkajs may wait for ever for its end; nothing is lost by not waiting with it. */
async function disconnect(producer: Producer): Promise<void> {
  await Promise.race([
    producer.disconnect().catch(() => undefined),
    sleep(MAX_DISCONNECT_MS, undefined, { ref: false }),
  ]);
}
