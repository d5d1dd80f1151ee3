import { describe, expect, test } from 'vitest';
import { NO_COUNTS } from '../../../../src/store/commit.ts';
import {
  type BatchContext,
  Rebalancing,
  type SourceHandlers,
  type SourceRecord,
} from '../../../../src/clients/kafka/port.ts';
import { MillraceError } from '../../../../src/errors.ts';
import type { Lane } from '../../../../src/ingest/path/lane.ts';
import { createSession } from '../../../../src/ingest/membership/session.ts';

const recordsOf = (from: number, count: number): SourceRecord[] =>
  Array.from({ length: count }, (_, index) => ({
    key: null,
    value: null,
    offset: String(from + index),
    timestamp: '0',
  }));

/** A lane over an imagined partition: `faults` are thrown one after the other, `committed` is what Kafka holds. */
function fakeLane(
  partition: number,
  committed: { offset: bigint },
  faults: (() => Error | undefined)[] = [],
) {
  const processed: string[] = [];
  let position = 0n;
  const lane: Lane = {
    partition,
    get position() {
      return position;
    },
    counts: NO_COUNTS,
    open: async () => {
      position = committed.offset;
    },
    async process(records, from) {
      const fault = faults.shift()?.();
      if (fault) throw fault;
      const record = records[from];
      processed.push(record?.offset ?? '');
      position = committed.offset = BigInt(record?.offset ?? 0) + 1n;
      return from + 1;
    },
    async pass(next) {
      if (next > position) position = committed.offset = next;
    },
    fillMarks: async () => undefined,
    close: async () => undefined,
  };
  return { lane, processed };
}

function setUp(lanes: Map<number, Lane>) {
  const started: [number, bigint][] = [];
  let handlers: SourceHandlers | undefined;
  const resolved: bigint[] = [];
  const session = createSession({
    source: {
      run: async (given) => void (handlers = given),
      start: (partition, offset) => void started.push([partition, offset]),
      stop: async () => undefined,
    },
    createLane: (partition) => lanes.get(partition) ?? fakeLane(partition, { offset: 0n }).lane,
    onTrouble: () => undefined,
  });
  const running = session.run();
  running.catch(() => undefined);
  const context: BatchContext = {
    heartbeat: async () => undefined,
    resolved: (next) => void resolved.push(next),
    isRunning: () => true,
  };
  const on = () => {
    if (handlers === undefined) throw new Error('the source has not been run');
    return handlers;
  };
  return { session, running, started, resolved, context, on };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('a session', () => {
  test('lets a partition flow from the position that its lane has read back', async () => {
    const { lane } = fakeLane(1, { offset: 7n });
    const { on, started, session } = setUp(new Map([[1, lane]]));
    on().onAssigned([1]);
    await settled();
    expect(started).toEqual([[1, 7n]]);
    expect(session.isFlowing()).toBe(true);
  });

  test('skips records below the position', async () => {
    const { lane, processed } = fakeLane(0, { offset: 3n });
    const { on, context } = setUp(new Map([[0, lane]]));
    on().onAssigned([0]);
    await settled();
    await on().onBatch({ partition: 0, records: recordsOf(0, 5), next: 5n }, context);
    expect(processed).toEqual(['3', '4']);
  });

  test('does not repeat a transaction whose commit went through before its answer was lost', async () => {
    const committed = { offset: 0n };
    const commitAndFail = () => {
      committed.offset = 2n;
      return new Error('the answer was lost');
    };
    const { lane, processed } = fakeLane(0, committed, [() => undefined, commitAndFail]);
    const { on, context, resolved } = setUp(new Map([[0, lane]]));
    on().onAssigned([0]);
    await settled();
    await on().onBatch({ partition: 0, records: recordsOf(0, 3), next: 4n }, context);
    expect(processed).toEqual(['0', '2']);
    expect(resolved.at(-1)).toBe(4n);
  });

  test('repeats a transaction that did not go through', async () => {
    const { lane, processed } = fakeLane(0, { offset: 0n }, [() => new Error('aborted')]);
    const { on, context } = setUp(new Map([[0, lane]]));
    on().onAssigned([0]);
    await settled();
    await on().onBatch({ partition: 0, records: recordsOf(0, 2), next: 2n }, context);
    expect(processed).toEqual(['0', '1']);
  });

  test('hands an error of the group back to the source instead of taking the lane again', async () => {
    const rebalance = new Rebalancing('KAFKA_UNAVAILABLE', 'rebalance');
    const { lane } = fakeLane(0, { offset: 0n });
    const { on, context } = setUp(new Map([[0, lane]]));
    on().onAssigned([0]);
    await settled();
    const beats = { ...context, heartbeat: () => Promise.reject(rebalance) };
    await expect(on().onBatch({ partition: 0, records: recordsOf(0, 2), next: 2n }, beats)).rejects.toBe(
      rebalance,
    );
  });

  test('passes a stretch without records, in turn with the batches', async () => {
    const committed = { offset: 0n };
    const { lane } = fakeLane(0, committed);
    const { on } = setUp(new Map([[0, lane]]));
    on().onAssigned([0]);
    await settled();
    on().onPassed(0, 10_001n);
    await settled();
    expect(committed.offset).toBe(10_001n);
  });

  test('touches nothing of a partition that it holds no longer', async () => {
    const { lane, processed } = fakeLane(0, { offset: 0n });
    const { on, context, resolved } = setUp(new Map([[0, lane]]));
    on().onAssigned([0]);
    await settled();
    on().onAssigned([1]);
    await on().onBatch({ partition: 0, records: recordsOf(0, 2), next: 2n }, context);
    expect([processed, resolved]).toEqual([[], []]);
  });

  test('fails as a whole when its source has stopped for good', async () => {
    const { on, running } = setUp(new Map());
    on().onCrash(new MillraceError('KAFKA_UNAVAILABLE', 'stopped'));
    await expect(running).rejects.toThrow('stopped');
  });
});
