import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { MAX_DEAD_VALUE_BYTES, deadLetter } from '../../../../../src/ingest/path/event/dead-letter.ts';

const reason = { code: 'JSON_INVALID', text: 'x'.repeat(10_000) } as const;
const record = (value: Buffer | null, key: Buffer | null = null) => ({
  key,
  value,
  offset: '41',
  timestamp: '0',
});

test('a dead letter keeps the bytes and says where they came from and why', () => {
  const letter = deadLetter('raw', 2, record(Buffer.from('{'), Buffer.from('k')), reason, 1_000);
  expect(letter).toEqual({
    key: Buffer.from('k'),
    value: Buffer.from('{'),
    partition: 2,
    timestamp: '1000',
    headers: {
      topic: 'raw',
      partition: '2',
      offset: '41',
      reason: 'JSON_INVALID',
      detail: 'x'.repeat(500),
      sha256: createHash('sha256').update('{').digest('hex'),
    },
  });
});

test('a value beyond the limit is cut, with its size and the sum of the whole', () => {
  const value = Buffer.alloc(MAX_DEAD_VALUE_BYTES + 1, 'x');
  const letter = deadLetter('raw', 0, record(value), reason, 0);
  expect(letter.value?.length).toBe(MAX_DEAD_VALUE_BYTES);
  expect(letter.headers).toMatchObject({
    cutFrom: String(value.length),
    sha256: createHash('sha256').update(value).digest('hex'),
  });
});

test('a record without a value stays without one', () => {
  expect(deadLetter('raw', 0, record(null), reason, 0).value).toBeNull();
});

test('a key beyond the limit is left out, with its size', () => {
  const letter = deadLetter('raw', 0, record(Buffer.from('v'), Buffer.alloc(100_000)), reason, 0);
  expect([letter.key, letter.headers?.['keyCutFrom']]).toEqual([null, '100000']);
});
