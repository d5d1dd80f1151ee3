import { expect, test } from 'vitest';
import type { OutRecord, TransactionProducer } from '../../../../src/clients/kafka/port.ts';
import { NO_COUNTS } from '../../../../src/store/commit.ts';
import { MAX_SEND_BYTES, write } from '../../../../src/ingest/path/write.ts';

/** Writes dead letters, and gives the portions in which they were sent. */
async function portionsOf(dead: OutRecord[], maxSendBytes = MAX_SEND_BYTES): Promise<number[]> {
  const portions: number[] = [];
  const producer: TransactionProducer = {
    send: async (_topic, records) => {
      portions.push(records.length);
      return 0;
    },
    commit: async () => undefined,
    close: async () => undefined,
  };
  const judged = { taken: dead.length, clean: [], dead, counts: NO_COUNTS, newestMs: 0 };
  await write(producer, { clean: 'clean', dead: 'dead' }, judged, maxSendBytes);
  return portions;
}

const record = (more: Partial<OutRecord>): OutRecord => ({ partition: 0, key: null, value: null, ...more });
const many = (count: number, one: OutRecord) => Array.from({ length: count }, () => one);

test('a portion has 2,000 records at most', async () => {
  expect(await portionsOf(many(5_000, record({})))).toEqual([2_000, 2_000, 1_000]);
});

test.each([
  ['the bytes of values', record({ value: Buffer.alloc(4_000) })],
  ['the bytes, not the characters, of keys', record({ key: 'ж'.repeat(2_000) })],
  ['the bytes, not the characters, of headers', record({ headers: { detail: 'ж'.repeat(2_000) } })],
])('a portion is bounded by %s', async (_name, one) => {
  for (const size of (await portionsOf(many(500, one))).slice(0, -1)) {
    expect(size * 4_000).toBeGreaterThan(0.9 * MAX_SEND_BYTES);
    expect(size * 4_000).toBeLessThan(MAX_SEND_BYTES);
  }
});

test('a record that is larger than the limit goes alone', async () => {
  const large = record({ value: Buffer.alloc(1_000) });
  expect(await portionsOf([record({}), large, large, record({})], 500)).toEqual([1, 1, 1, 1]);
});
