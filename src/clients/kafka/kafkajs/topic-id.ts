import { flexibleList, flexibleText, int8, NO_TAGS, readerOf, UUID_BYTES } from './bytes.ts';
import { refuse } from './refusal.ts';
import type { WireRequest } from './wire.ts';

const UNKNOWN_TOPIC = 3;
const NO_ID = Buffer.alloc(UUID_BYTES);
const NO = int8(0);

/** Asks for Kafka's id of a topic (32 hex digits), by a version of Metadata that is newer than kafkajs's. */
export function topicIdRequest(topic: string): WireRequest<string | undefined> {
  const asked = Buffer.concat([NO_ID, flexibleText(topic), NO_TAGS]);
  return {
    apiKey: 3,
    apiName: 'Metadata',
    apiVersion: 12,
    // After the header's tags: the topics, whether to make those that are missing, whether to list rights.
    body: Buffer.concat([NO_TAGS, flexibleList([asked]), NO, NO, NO_TAGS]),
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
