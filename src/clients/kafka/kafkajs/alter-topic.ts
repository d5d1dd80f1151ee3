import { int32, int8, text } from './bytes.ts';
import { refuse } from './refusal.ts';
import type { WireRequest } from './wire.ts';

const TOPIC_RESOURCE = 2;
const SET = 0;

/**
 * Sets some settings of a topic, by IncrementalAlterConfigs: the request that kafkajs knows replaces all of them, and
 * so takes away what somebody else sets at the same time.
 */
export function alterTopicRequest(
  topic: string,
  settings: Readonly<Record<string, string>>,
): WireRequest<void> {
  const entries = Object.entries(settings);
  return {
    apiKey: 44,
    apiName: 'IncrementalAlterConfigs',
    apiVersion: 0,
    body: Buffer.concat([
      int32(1),
      int8(TOPIC_RESOURCE),
      text(topic),
      int32(entries.length),
      ...entries.flatMap(([name, value]) => [text(name), int8(SET), text(value)]),
      int8(0),
    ]),
    read(answer) {
      // After the throttle time and the count of answers stand the code and what Kafka says of it.
      const length = Math.max(answer.readInt16BE(10), 0);
      refuse(answer.readInt16BE(8), answer.toString('utf8', 12, 12 + length));
    },
  };
}
