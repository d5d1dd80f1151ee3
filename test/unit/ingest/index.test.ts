import { afterEach, expect, test, vi } from 'vitest';
import type { KafkaClient } from '../../../src/clients/kafka/port.ts';
import { startIngest } from '../../../src/ingest/index.ts';
import { namesFor } from '../../../src/names.ts';
import { CLICKS } from '../../support/clicks.ts';

afterEach(() => void vi.useRealTimers());

test('old marks are tended a minute after the start, and then every hour', async () => {
  vi.useFakeTimers();
  let tended = 0;
  const silent = () => undefined;
  const ingest = await startIngest({
    // No topic is there: the stream waits.
    kafka: { topicPartitions: async () => undefined } as Partial<KafkaClient> as KafkaClient,
    names: namesFor('unit'),
    marks: { tend: async () => void tended++, stop: async () => undefined } as never,
    streams: async () => [{ definition: CLICKS, hash: 'one' }],
    log: { info: silent, warn: silent, error: silent },
  });
  await vi.advanceTimersByTimeAsync(59_000);
  expect(tended).toBe(0);
  await vi.advanceTimersByTimeAsync(4_000);
  expect(tended).toBe(1);
  await vi.advanceTimersByTimeAsync(3_500_000);
  expect(tended).toBe(1);
  await vi.advanceTimersByTimeAsync(110_000);
  expect(tended).toBe(2);
  await ingest.stop();
});
