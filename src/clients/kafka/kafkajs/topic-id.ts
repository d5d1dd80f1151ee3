import { int8, NO_TAGS, readerOf, UUID_BYTES, varint } from './bytes.ts';
import { refuse } from './refusal.ts';
import type { WireRequest } from './wire.ts';

const UNKNOWN_TOPIC = 3;

/** Asks for Kafka's id of a topic (32 hex digits), by a version of Metadata that is newer than kafkajs's. */
export function topicIdRequest(topic: string): WireRequest<string | undefined> {
  const name = Buffer.from(topic);
  return {
    apiKey: 3,
    apiName: 'Metadata',
    apiVersion: 12,
    body: Buffer.concat([
      NO_TAGS,
      ...[varint(2), Buffer.alloc(UUID_BYTES), varint(name.length + 1), name, NO_TAGS],
      // Makes no topic, and asks for no list of rights.
      ...[int8(0), int8(0), NO_TAGS],
    ]),
    read: topicIdIn,
  };
}

function topicIdIn(answer: Buffer): string | undefined {
  const reader = readerOf(answer);
  reader.skipTags();
  reader.skip(4); // throttle time
  for (let brokers = reader.length(); brokers > 0; brokers--) {
    reader.skip(4); // id
    reader.skipText(); // host
    reader.skip(4); // port
    reader.skipText(); // rack
    reader.skipTags();
  }
  reader.skipText(); // the cluster's id
  reader.skip(4); // the controller's id
  if (reader.length() < 1) return undefined;
  const code = reader.int16();
  if (code === UNKNOWN_TOPIC) return undefined;
  refuse(code, '');
  reader.skipText(); // its name
  return reader.hex(UUID_BYTES);
}
