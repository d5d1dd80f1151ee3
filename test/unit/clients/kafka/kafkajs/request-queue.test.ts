import { createRequire } from 'node:module';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import {
  letIdleConnectionsRest,
  type RequestQueue,
} from '../../../../../src/clients/kafka/kafkajs/request-queue.ts';

/** The part of kafkajs itself. */
interface Queue extends RequestQueue {
  push(request: { entry: object; expectResponse: boolean; sendRequest: () => void }): void;
  fulfillRequest(response: { correlationId: number; payload: object; size: number }): void;
  maybeThrottle(ms: number): void;
}

const quiet = { debug: () => undefined, warn: () => undefined };
let queue: Queue;
let sent: number[];

beforeEach(() => {
  vi.useFakeTimers({ now: Date.parse('2026-01-01T00:00:00Z') });
  letIdleConnectionsRest();
  const RequestQueueOfKafkaJs = createRequire(import.meta.url)(
    'kafkajs/src/network/requestQueue/index.js',
  ) as new (options: object) => Queue;
  queue = new RequestQueueOfKafkaJs({
    maxInFlightRequests: 1,
    requestTimeout: 1_000,
    enforceRequestTimeout: false,
    clientId: 'a',
    broker: 'b:1',
    logger: quiet,
  });
  sent = [];
});

afterEach(() => vi.useRealTimers());

test('a connection without requests sets no timer', () => {
  push(1);
  fulfill(1);
  expect(sent).toEqual([1]);
  expect(vi.getTimerCount()).toBe(0);
});

test('a request that waits for another is sent when that is answered', () => {
  push(1);
  push(2);
  expect(sent).toEqual([1]);
  fulfill(1);
  expect(sent).toEqual([1, 2]);
});

test('a request that the broker slows down is sent when its time is over', () => {
  queue.maybeThrottle(500);
  push(1);
  vi.advanceTimersByTime(499);
  expect(sent).toEqual([]);
  vi.advanceTimersByTime(1);
  expect(sent).toEqual([1]);
  expect(vi.getTimerCount()).toBe(0);
});

function push(correlationId: number): void {
  const entry = { correlationId, resolve: () => undefined, reject: () => undefined };
  queue.push({ entry, expectResponse: true, sendRequest: () => sent.push(correlationId) });
}

function fulfill(correlationId: number): void {
  queue.fulfillRequest({ correlationId, payload: {}, size: 0 });
}
