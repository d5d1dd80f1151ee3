import { Kafka, logLevel } from 'kafkajs';

/** A producer that knows nothing of millrace: sends JSON to a raw topic, keyed by id. */
export interface PlainProducer {
  /** Texts are sent as they are: JSON has numbers that JavaScript does not. */
  send(events: readonly (object | string)[]): Promise<void>;
  close(): Promise<void>;
}

export async function plainProducer(brokers: string[], topic: string): Promise<PlainProducer> {
  const producer = new Kafka({ brokers, clientId: 'plain', logLevel: logLevel.NOTHING }).producer();
  await producer.connect();
  return {
    async send(events) {
      const messages = events.map((event) => ({
        key: typeof event === 'object' && 'id' in event ? String(event.id) : null,
        value: typeof event === 'string' ? event : JSON.stringify(event),
      }));
      for (let from = 0; from < messages.length; from += 1_000) {
        await producer.send({ topic, acks: -1, messages: messages.slice(from, from + 1_000) });
      }
    },
    close: () => producer.disconnect(),
  };
}
