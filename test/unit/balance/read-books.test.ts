import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { readBooks } from '../../../src/balance/read-books.ts';
import type { BalanceDeps } from '../../../src/balance/deps.ts';
import { MillraceError } from '../../../src/errors.ts';
import { namesFor } from '../../../src/names.ts';
import { encodeCommit, NO_COUNTS } from '../../../src/store/commit.ts';
import { CLICKS } from '../../support/clicks.ts';

const names = namesFor('test');
const topics = {
  raw: names.rawTopic(CLICKS),
  clean: names.cleanTopic('clicks'),
  dead: names.deadTopic('clicks'),
};

beforeEach(() => {
  // Nobody waits for a transaction that stays open.
  let nowMs = 0;
  vi.spyOn(Date, 'now').mockImplementation(() => (nowMs += 6_000));
});

afterEach(() => void vi.restoreAllMocks());

const record = (offset: number) => ({
  key: Buffer.from(`e${offset}`),
  value: Buffer.from(JSON.stringify({ id: `e${offset}`, at: '2026-01-05T07:00:00Z', page: '/', ms: null })),
  offset: String(offset),
  timestamp: '0',
});

/** One partition with 3 events, whose commit says so; and raw records that nobody has consumed yet. */
function depsOf({ cleanEnd = 3n, refuses = '' }: { cleanEnd?: bigint; refuses?: string }): BalanceDeps {
  const ends = new Map([
    [topics.raw, 8n],
    [topics.clean, cleanEnd],
    [topics.dead, 0n],
  ]);
  const readable = new Map([
    [topics.raw, 8n],
    [topics.clean, 3n],
    [topics.dead, 0n],
  ]);
  const refused = new MillraceError('KAFKA_UNAVAILABLE', 'no answer');
  const kafka: Partial<BalanceDeps['kafka']> = {
    committed: async () => {
      const counts = { ...NO_COUNTS, raw: 3, clean: 3 };
      return new Map([[0, { offset: 3n, metadata: encodeCommit({ clean: 3n, counts, newestMs: 0 }) }]]);
    },
    ends: async (topic) => new Map([[0, ends.get(topic) ?? 0n]]),
    bounds: async (topic) => {
      if (topic === refuses) throw refused;
      return new Map([[0, { low: 0n, high: readable.get(topic) ?? 0n }]]);
    },
    topicId: async () => 'an id',
    readRange: async ({ from, to }, onRecords) => {
      const records = [0, 1, 2].filter((offset) => offset >= from && offset < to).map(record);
      onRecords(records);
    },
  };
  const druid: Partial<BalanceDeps['druid']> = {
    supervisorStatus: async () => undefined,
  };
  const quiet = () => undefined;
  return { names, kafka, druid, say: quiet, progress: quiet } as unknown as BalanceDeps;
}

const AUDITED = { stream: CLICKS, declared: new Set(['id', 'at', 'page', 'ms']), windowMs: 3_600_000 };
const GRID = { lengthMs: 900_000, fromMs: -Infinity, toMs: Infinity };
const read = (deps: BalanceDeps) => readBooks(deps, AUDITED, { grid: GRID, columns: [] });

it('both cuts together are the books of each partition, and what is still to be consumed', async () => {
  const { topics: found, unknown } = await read(depsOf({}));
  expect(found).toMatchObject({
    cleanTopic: 'an id',
    lag: 5,
    hidden: [],
    partitions: [
      { partition: 0, raw: { records: 3 }, clean: { records: 3, foreign: 0 }, dead: { letters: 0 } },
    ],
  });
  expect(unknown).toEqual([expect.stringMatching(/^Druid is behind, so its rows were not compared: /)]);
});

it('what stands behind an open transaction is named once', async () => {
  const { unknown } = await read(depsOf({ cleanEnd: 4n }));
  expect(unknown.filter((text) => text.includes('transaction open'))).toEqual([
    expect.stringMatching(new RegExp(`^${topics.clean}/0: a producer has a transaction open there`)),
  ]);
});

it('where the second cut fails, what the first one could not read is named all the same', async () => {
  const found = await read(depsOf({ cleanEnd: 4n, refuses: topics.raw }));
  expect(found.topics).toBeUndefined();
  expect(found.unknown).toEqual([
    'the counters could not be compared: KAFKA_UNAVAILABLE: no answer',
    expect.stringMatching(/^Druid is behind/),
    expect.stringMatching(new RegExp(`^${topics.clean}/0: a producer has a transaction open there`)),
  ]);
});
