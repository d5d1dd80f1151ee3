import { describe, expect, test } from 'vitest';
import { alterTopicRequest } from '../../../../../src/clients/kafka/kafkajs/alter-topic.ts';
import { int32, readerOf, text, varint } from '../../../../../src/clients/kafka/kafkajs/bytes.ts';
import { topicIdRequest } from '../../../../../src/clients/kafka/kafkajs/topic-id.ts';

const int16 = (value: number) => int32(value).subarray(2);
const ID = '0123456789abcdef0123456789abcdef';

/** An answer of Metadata v12 with one topic. */
function metadata(code: number, brokers = 1): Buffer {
  const compact = (value: string) => Buffer.concat([varint(value.length + 1), Buffer.from(value)]);
  const tags = Buffer.from([1, 9, 2, 0, 0]);
  const broker = Buffer.concat([int32(7), compact('host'), int32(9_092), Buffer.from([0]), tags]);
  return Buffer.concat([
    ...[Buffer.from([0]), int32(0), varint(brokers + 1), ...Array<Buffer>(brokers).fill(broker)],
    ...[compact('cluster'), int32(7), varint(2), int16(code), compact('clicks.raw'), Buffer.from(ID, 'hex')],
  ]);
}

describe('the id of a topic', () => {
  test.each([1, 3, 200])('is found behind %i brokers', (brokers) => {
    expect(topicIdRequest('clicks.raw').read(metadata(0, brokers))).toBe(ID);
  });

  test('is none where the topic is not there, and an error where we may not ask', () => {
    expect(topicIdRequest('clicks.raw').read(metadata(3))).toBeUndefined();
    const refused = { type: 'TOPIC_AUTHORIZATION_FAILED', retriable: false };
    expect(() => topicIdRequest('clicks.raw').read(metadata(29))).toThrow(expect.objectContaining(refused));
    const passing = { type: 'ERROR_5', retriable: true };
    expect(() => topicIdRequest('clicks.raw').read(metadata(5))).toThrow(expect.objectContaining(passing));
  });
});

test('a refused setting says what Kafka says of it', () => {
  const { read } = alterTopicRequest('clicks.raw', { 'retention.ms': 'soon' });
  const answer = (code: number) => Buffer.concat([int32(0), int32(1), int16(code), text('not a number')]);
  expect(read(answer(0))).toBeUndefined();
  const refused = { type: 'INVALID_CONFIG', message: 'not a number' };
  expect(() => read(answer(40))).toThrow(expect.objectContaining(refused));
});

test.each([0, 1, 127, 128, 16_384, 2_000_000])('the number %i is read as it was written', (value) => {
  expect(readerOf(varint(value + 1)).length()).toBe(value);
});
