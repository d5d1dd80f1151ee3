import type { Admin } from 'kafkajs';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { sharedAdmin } from '../../../../../src/clients/kafka/kafkajs/admin.ts';
import { boundsOf, committedOf, offsetsAt } from '../../../../../src/clients/kafka/kafkajs/offsets.ts';
import { ofPartition } from '../../../../../src/clients/kafka/of-partition.ts';
import { deferred } from '../../../../../src/deferred.ts';

/** A cluster, whose admins forget the partitions of the topic this many times. */
function cluster(forgotten = 0) {
  const state = { connected: 0, disconnected: [] as number[] };
  const rows = <Row>(row: Row) => (forgotten-- > 0 ? [] : [0, 1].map((partition) => ({ partition, ...row })));
  const admin = (): Admin => {
    const number = ++state.connected;
    return {
      connect: async () => undefined,
      disconnect: async () => void state.disconnected.push(number),
      fetchTopicOffsets: async () => rows({ low: '0', high: '5', offset: '5' }),
      fetchTopicOffsetsByTimestamp: async () => rows({ offset: '3' }),
      fetchOffsets: async () => [{ topic: 'raw', partitions: rows({ offset: '-1', metadata: null }) }],
    } as unknown as Admin;
  };
  return { state, admin: sharedAdmin({ admin }) };
}

describe('what is asked of all partitions of a topic', () => {
  test.each([
    ['the bounds', (on: Admin) => boundsOf(on, 'raw')],
    ['the offsets at a time', (on: Admin) => offsetsAt(on, 'raw', 1)],
    ['the positions of a group', (on: Admin) => committedOf(on, 'group', 'raw')],
  ])('%s: an answer for none of them is not believed', async (_what, ask) => {
    const { state, admin } = cluster(2);
    expect((await admin.use<Map<number, unknown>>('Asking', ask)).size).toBe(2);
    expect(state).toMatchObject({ connected: 1, disconnected: [] });
    await expect(cluster(3).admin.use<unknown>('Asking', ask)).rejects.toMatchObject({
      code: 'KAFKA_UNAVAILABLE',
      retryable: true,
    });
  });

  test('one that the topic does not have is an error that is repeated, never an empty one', () => {
    expect(ofPartition(new Map([[3, undefined]]), 'raw', 3)).toBeUndefined();
    expect(() => ofPartition(new Map([[3, undefined]]), 'raw', 4)).toThrow(
      expect.objectContaining({ code: 'KAFKA_UNAVAILABLE', retryable: true }),
    );
  });
});

describe('the shared admin', () => {
  describe('where a group has no coordinator at the moment, as in a Kafka that has only just started', () => {
    const moves = (type: string) =>
      Object.assign(new Error('This is not the correct coordinator'), { type, retriable: true });

    beforeEach(() => void vi.useFakeTimers());
    afterEach(() => void vi.useRealTimers());

    test.each(['NOT_COORDINATOR_FOR_GROUP', 'GROUP_COORDINATOR_NOT_AVAILABLE', 'GROUP_LOAD_IN_PROGRESS'])(
      'asks again until it has one: %s',
      async (type) => {
        const { admin, state } = cluster();
        const electedAtMs = Date.now() + 5_000;
        const position = admin.use('Reading the position', async () => {
          if (Date.now() < electedAtMs) throw moves(type);
          return 7;
        });
        await vi.advanceTimersByTimeAsync(6_000);
        expect(await position).toBe(7);
        expect(state).toMatchObject({ connected: 1, disconnected: [] });
      },
    );

    test('and says so where that lasts', async () => {
      const position = cluster().admin.use('Reading the position', async () => {
        throw moves('NOT_COORDINATOR_FOR_GROUP');
      });
      const refused = expect(position).rejects.toMatchObject({ code: 'KAFKA_UNAVAILABLE', retryable: true });
      await vi.advanceTimersByTimeAsync(15_000);
      await refused;
    });
  });

  test('two that fail on one connection replace it once', async () => {
    const { state, admin } = cluster();
    const bothFail = deferred();
    let failures = 0;
    const failOnce = () => {
      let isFirst = true;
      return async () => {
        if (!isFirst) return;
        isFirst = false;
        failures++;
        // The second fails only when the first is at work on its new connection.
        if (failures === 1) throw new Error('first');
        await bothFail.promise;
        throw new Error('second');
      };
    };
    const slow = deferred();
    const first = failOnce();
    const repeated = admin.use('first', async () => {
      await first();
      bothFail.resolve();
      await slow.promise;
    });
    await admin.use('second', failOnce());
    expect(state.connected).toBe(2);
    slow.resolve();
    await repeated;
    expect(state).toMatchObject({ connected: 2, disconnected: [1] });
  });

  test('a failed connection is closed only when nobody works with it any more', async () => {
    const { state, admin } = cluster();
    const work = deferred();
    const working = admin.use('long', () => work.promise);
    await expect(
      admin.use('failing', () => Promise.reject(Object.assign(new Error('no'), { retriable: false }))),
    ).rejects.toMatchObject({ code: 'KAFKA_UNAVAILABLE' });
    expect(state.disconnected).toEqual([]);
    work.resolve();
    await working;
    expect(state.disconnected).toEqual([1]);
  });
});
