import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Committed } from '../../../../src/clients/kafka/port.ts';
import { NO_COUNTS } from '../../../../src/store/commit.ts';
import type { Lane } from '../../../../src/ingest/path/lane.ts';
import { type Look, watchSession } from '../../../../src/ingest/membership/watchdog.ts';

const LOOK_MS = 2_000;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function laneAt(partition: number, position: bigint): Lane & { position: bigint } {
  return {
    partition,
    position,
    counts: NO_COUNTS,
    open: async () => undefined,
    process: async () => 0,
    pass: async () => undefined,
    fillMarks: async () => undefined,
    close: async () => undefined,
  };
}

interface Imagined {
  /** Partitions of the topic. */
  known: number[];
  /** Partitions with a commit. */
  committed: number[];
  /** What is answered when one without a commit is asked for by name. */
  again: Committed;
  allowedMs: number;
  /** Of the clean topic, as Kafka knows it now. */
  cleanId: string;
  /** And of the raw one. */
  rawId: string;
}

const COMMITTED: Committed = { offset: 1n, metadata: '' };

/** A session over imagined partitions, all of them with 100 records. */
function watched(
  lanes: Lane[],
  {
    known = [0, 1],
    committed = [0, 1],
    again,
    allowedMs = 30_000,
    cleanId = 'one',
    rawId = 'raw one',
  }: Partial<Imagined> = {},
) {
  const looks: Look[] = [];
  let failure: Error | undefined;
  const watch = watchSession(
    {
      bounds: async () => new Map(known.map((partition) => [partition, { low: 0n, high: 100n }])),
      committed: async () => new Map(committed.map((partition) => [partition, COMMITTED])),
      committedAt: async () => again,
      topicId: async (topic) => (topic === 'clean' ? cleanId : rawId),
    },
    { rawTopic: { name: 'raw', id: 'raw one' }, cleanTopic: { name: 'clean', id: 'one' }, group: 'group' },
    { isFlowing: () => true, lanes: () => lanes },
    allowedMs,
    (look) => looks.push(look),
  );
  watch.failed.catch((error: Error) => (failure = error));
  const moves = () => looks.map(({ hasMoved }) => hasMoved);
  const look = () => vi.advanceTimersByTimeAsync(LOOK_MS);
  return { look, looks, moves, failure: () => failure?.message, end: () => watch.end() };
}

describe('the watchdog', () => {
  test('takes its first look for no movement, and a processed record for one', async () => {
    const lane = laneAt(0, 7n);
    const { look, looks, moves, end } = watched([lane]);
    await look();
    await look();
    lane.position = 8n;
    await look();
    end();
    expect(moves()).toEqual([false, false, true]);
    expect(looks.at(-1)?.lag).toBe(92);
  });

  test('takes a lane that is handed over for no movement', async () => {
    const lanes = [laneAt(0, 7n)];
    const { look, moves, end } = watched(lanes);
    await look();
    lanes[0] = laneAt(1, 50n);
    await look();
    end();
    expect(moves()).toEqual([false, false]);
  });

  test('fails when records wait and no lane moves for the time allowed, and no sooner', async () => {
    const { look, failure, end } = watched([laneAt(0, 7n)], { allowedMs: 60_000 });
    for (let at = 0; at < 30; at++) await look();
    expect(failure()).toBeUndefined();
    await look();
    end();
    expect(failure()).toBe(
      '93 records of raw/0 wait, and none of them was processed for 60 s. The consumer is built anew.',
    );
  });

  test('sees one lane that stands still among others that move, and names it', async () => {
    const [stuck, moving] = [laneAt(0, 7n), laneAt(1, 1n)];
    const { look, moves, failure, end } = watched([stuck, moving]);
    for (let at = 0; at < 15; at++) {
      await look();
      moving.position++;
    }
    expect([failure(), moves().includes(true)]).toEqual([undefined, false]);
    await look();
    await look();
    end();
    expect(failure()).toContain('93 records of raw/0 wait, and none of them was processed for 30 s');
  });

  test('lets a lane without anything to do stand still', async () => {
    const { look, failure, end } = watched([laneAt(0, 100n)]);
    for (let at = 0; at < 60; at++) await look();
    end();
    expect(failure()).toBeUndefined();
  });

  test('fails when the commit of a lane is gone', async () => {
    const { look, failure, end } = watched([laneAt(0, 7n)], { committed: [] });
    await look();
    end();
    expect(failure()).toContain('positions of group group are gone');
  });

  test.each([['two'], ['']])('fails when the clean topic is another (%s)', async (cleanId) => {
    const { look, failure, end } = watched([laneAt(0, 7n)], { cleanId });
    await look();
    end();
    expect(failure()).toContain('Topic clean was deleted');
  });

  test('fails when the raw topic is another, whose commits are no proof', async () => {
    const { look, failure, end } = watched([laneAt(0, 7n)], { rawId: 'raw two' });
    await look();
    end();
    expect(failure()).toContain('Topic raw was deleted while it was read');
  });

  test('believes only a second answer that the commit of a lane is gone', async () => {
    const { look, looks, failure, end } = watched([laneAt(0, 7n)], { committed: [], again: COMMITTED });
    await look();
    end();
    expect([looks.length, failure()]).toEqual([1, undefined]);
  });

  test('says nothing where the answer lacks the partition altogether', async () => {
    const { look, looks, failure, end } = watched([laneAt(5, 7n)], { known: [0], committed: [0] });
    await look();
    end();
    expect([looks, failure()]).toEqual([[], undefined]);
  });
});
