import { expect, test } from 'vitest';
import type { TransactionProducer } from '../../../../src/clients/kafka/port.ts';
import type { LaneDeps } from '../../../../src/ingest/path/deps.ts';
import type { Verdict } from '../../../../src/ingest/path/event/judge-event.ts';
import { idBudget } from '../../../../src/ingest/path/memory/id-budget.ts';
import { emptyMemory } from '../../../../src/ingest/path/memory/memory.ts';
import { closedLane, type LaneState } from '../../../../src/ingest/path/state.ts';
import { transact } from '../../../../src/ingest/path/transact.ts';
import { decodeCommit } from '../../../../src/store/commit.ts';

const HOUR_MS = 3_600_000;

/** Values are ids; `!` makes a dead letter. */
const judgeEvent = (value: Buffer | null): Verdict =>
  String(value).startsWith('!')
    ? { kind: 'dead', reason: { code: 'JSON_INVALID', text: 'no JSON' } }
    : { kind: 'clean', id: String(value), bucketMs: 0, value: '{}' };

const DEPS = {
  stream: 'clicks',
  partition: 0,
  places: {
    topics: { raw: 'raw', clean: 'clean', dead: 'dead' },
    cleanTopicId: 'one',
    rawTopicId: 'raw one',
    group: 'group',
    transactionalId: 'id',
  },
  clients: { marks: { track: () => ({ note: () => undefined, advance: () => undefined }) } },
  limits: { dedupeMs: HOUR_MS, ids: idBudget() },
  rules: () => ({ judgeEvent, timeField: 'at', bucketLengthMs: 60_000 }),
} as unknown as LaneDeps;

/** A lane over imagined topics that is open at 100; `steps` is what its producer is told, each send one record long. */
function openLane(fault: { at?: string } = {}): { state: LaneState; steps: string[] } {
  const steps: string[] = [];
  const step = (text: string) => {
    if (text.startsWith(fault.at ?? 'never')) throw new Error(`no ${text}`);
    steps.push(text);
  };
  let next = 0;
  const producer: TransactionProducer = {
    async send(topic, records) {
      if (records.length > 0) step(`send ${topic} ${records.length}`);
      next += records.length;
      return next - records.length;
    },
    commit: async ({ offset, metadata }) => {
      const { clean, counts } = decodeCommit(metadata) ?? {};
      step(`commit ${offset}: clean to ${clean}, ${counts?.raw} raw, ${counts?.clean} clean`);
    },
    close: async () => undefined,
  };
  const state = closedLane(DEPS);
  Object.assign(state, { producer, position: 100n, memory: emptyMemory(DEPS, 0n) });
  return { state, steps };
}

const recordsOf = (values: readonly string[]) =>
  values.map((value, index) => ({
    key: null,
    value: Buffer.from(value),
    offset: String(100 + index),
    timestamp: String(Date.now()),
  }));

test('a transaction writes clean events, then dead letters, and commits last', async () => {
  const { state, steps } = openLane();
  expect(await transact(state, recordsOf(['a', '!', 'b']), 0, 110n)).toBe(3);
  expect(steps).toEqual(['send clean 2', 'send dead 1', 'commit 110: clean to 2, 3 raw, 2 clean']);
  expect(state.position).toBe(110n);
});

test('a transaction that takes a part of what was fetched commits the position after that part', async () => {
  const { state, steps } = openLane();
  const records = recordsOf(Array.from({ length: 2_500 }, (_, index) => `id${index}`));
  expect(await transact(state, records, 0, 2_600n)).toBe(2_000);
  expect(steps.at(-1)).toMatch(/^commit 2100: /);
  expect(await transact(state, records, 2_000, 2_600n)).toBe(2_500);
  expect(steps.at(-1)).toMatch(/^commit 2600: /);
});

test('a commit carries the sum of the counters, and where the clean topic ends also when nothing was clean', async () => {
  const { state, steps } = openLane();
  await transact(state, recordsOf(['a', 'b']), 0, 102n);
  await transact(state, recordsOf(['!']), 0, 103n);
  expect(steps.at(-1)).toBe('commit 103: clean to 2, 3 raw, 2 clean');
});

test.each(['send clean', 'send dead', 'commit'])(
  'of a transaction that failed nothing is remembered (%s)',
  async (at) => {
    const fault: { at?: string } = { at };
    const { state, steps } = openLane(fault);
    const records = recordsOf(['a', '!']);
    await expect(transact(state, records, 0, 102n)).rejects.toThrow(`no ${at}`);
    expect([state.position, state.reached.counts.raw], 'as before').toEqual([100n, 0]);
    delete fault.at;
    steps.length = 0;
    await transact(state, records, 0, 102n);
    expect(steps.map((step) => step.split(':')[0])).toEqual(['send clean 1', 'send dead 1', 'commit 102']);
  },
);
