import { expect, test } from 'vitest';
import type { KafkaClient } from '../../../../../src/clients/kafka/port.ts';
import type { Until } from '../../../../../src/load/patience.ts';
import type { LoadDeps } from '../../../../../src/load/deps.ts';
import { stream } from '../../../../../src/load/waits/stream/index.ts';
import { namesFor } from '../../../../../src/names.ts';
import { encodeCommit, NO_COUNTS } from '../../../../../src/store/commit.ts';
import { CLICKS } from '../../../../support/clicks.ts';

const CLEAN_END = 5n;

interface Standing {
  /** Where our consumer stands in the raw topic, whose noted end is 9, and up to where that can be read. */
  position: bigint;
  readable: bigint;
  metadata: string;
  /** Up to where Druid's only task has read the clean topic. */
  druid: number;
}

const once: Until = async (_code, look) => {
  const progress = await look();
  if ('missing' in progress) throw new Error(progress.missing);
  return progress.reached;
};

/** As one who runs out of patience. */
const hearingOut: Until = async (code, look, why) =>
  once(code, look).catch(async ({ message }: Error) => {
    throw new Error(`${message} ${await why?.(new AbortController().signal)}`);
  });

/** What a load waits for where a stream stands so; '' where it waits for nothing. */
async function waitsFor(standing: Partial<Standing>, until: Until = once): Promise<string> {
  const commit = encodeCommit({ clean: CLEAN_END, counts: NO_COUNTS, newestMs: 0, cleanTopic: 'one' });
  const { position = 9n, readable = 9n, metadata = commit, druid = Number(CLEAN_END) } = standing;
  const names = namesFor('unit');
  const deps = {
    names,
    kafka: {
      bounds: async (topic: string) =>
        new Map([[0, { low: 0n, high: topic === names.rawTopic(CLICKS) ? readable : CLEAN_END }]]),
      committed: async () => new Map([[0, { offset: position, metadata }]]),
      readRange: (async ({ from }, onRecords) =>
        void onRecords([
          { key: null, value: null, offset: String(from), timestamp: '0' },
        ])) satisfies KafkaClient['readRange'],
    },
    druid: {
      supervisorStatus: async () => ({
        state: 'RUNNING',
        activeTasks: [{ id: 'task', startingOffsets: {} }],
        publishingTasks: [],
        recentErrors: [],
      }),
      taskOffsets: async () => ({ said: { 0: druid } }),
      lastFailure: async () => undefined,
      settledSince: async () => 0,
    },
  } as unknown as LoadDeps;
  return stream.complete(deps, CLICKS, { 0: '9' }, until).then(() => '', String);
}

test('a load waits for nothing where all that was there when it began can be asked for', async () => {
  expect(await waitsFor({})).toBe('');
});

test('a load waits for events that lie behind an open transaction', async () => {
  expect(await waitsFor({ position: 7n, readable: 7n })).toMatch(
    /partition 0 is consumed to 7 of 9\. A producer has a transaction open there/,
  );
});

test('a load waits while nobody knows how far the clean topic was written', async () => {
  expect(await waitsFor({ metadata: '' })).toMatch(/its consumer group has lost their positions/);
});

test('a load waits until Druid has passed the last clean offset that we wrote', async () => {
  expect(await waitsFor({ druid: 4 })).toMatch(/partition 0 to 4 of 5/);
});

test('a load that runs out of patience says what holds Druid up', { timeout: 15_000 }, async () => {
  expect(await waitsFor({ druid: 4 }, hearingOut)).toMatch(
    /partition 0 to 4 of 5\. It does not move: partition 0 stands at offset 4, .* s ago\.$/,
  );
});
