import { expect, test } from 'vitest';
import type { KafkaClient, SourceRecord, TransactionProducer } from '../../../../src/clients/kafka/port.ts';
import { createLane } from '../../../../src/ingest/membership/create-lane.ts';
import { rulesOf } from '../../../../src/ingest/membership/stream-state.ts';
import type { LaneDeps } from '../../../../src/ingest/path/deps.ts';
import { idBudget } from '../../../../src/ingest/path/memory/id-budget.ts';
import { encodeCommit, NO_COUNTS } from '../../../../src/store/commit.ts';
import { CLICKS } from '../../../support/clicks.ts';

const RECORD: SourceRecord = {
  key: null,
  value: Buffer.from(JSON.stringify({ id: 'a', at: new Date().toISOString(), page: '/', ms: 1 })),
  offset: '0',
  timestamp: String(Date.now()),
};

/** A lane whose producers do what a test says. `sent`: how many records each producer has sent, in their order. */
function laneOf(commit: TransactionProducer['commit']) {
  const sent: number[] = [];
  const committed = { offset: 0n, metadata: encodeCommit({ clean: 0n, counts: NO_COUNTS, newestMs: 0 }) };
  const kafka: Partial<KafkaClient> = {
    boundsAt: async () => ({ low: 0n, high: 1n }),
    committedAt: async () => committed,
    openProducer: async () => {
      const index = sent.push(0) - 1;
      return {
        send: async (_topic, records) => {
          sent[index] = (sent[index] ?? 0) + records.length;
          return 0;
        },
        commit,
        close: async () => undefined,
      };
    },
  };
  const silent = () => undefined;
  const track = { note: silent, advance: silent, completed: silent, missingFrom: async () => undefined };
  const deps = {
    stream: 'clicks',
    partition: 0,
    places: {
      topics: { raw: 'raw', clean: 'clean', dead: 'dead' },
      ...{ cleanTopicId: 'c', rawTopicId: 'r', group: 'g', transactionalId: 't' },
    },
    clients: { kafka, marks: { track: () => track } },
    limits: { dedupeMs: 1_000, ids: idBudget() },
    rules: () => rulesOf({ definition: CLICKS, hash: 'one' }),
    news: { onWindowFull: silent },
  } as unknown as LaneDeps;
  return { lane: createLane(deps), sent };
}

const life = new AbortController().signal;

test('a transaction that failed is never gone on with: its lane takes nothing until it was opened anew', async () => {
  let isAway = true;
  const { lane, sent } = laneOf(async () => {
    if (isAway) throw new Error('no coordinator');
  });
  await lane.open(life);
  await expect(lane.process([RECORD], 0, 1n)).rejects.toThrow('no coordinator');
  isAway = false;
  await expect(lane.process([RECORD], 0, 1n)).rejects.toThrow('not open');
  await expect(lane.pass(1n)).rejects.toThrow('not open');
  await lane.open(life);
  await lane.process([RECORD], 0, 1n);
  expect(sent, 'records by producer').toEqual([1, 1]);
  await lane.close();
});
