import { createRequire } from 'node:module';

/** What is used here of a part of kafkajs that is not public; its version is pinned. */
export interface RequestQueue {
  pending: readonly unknown[];
  scheduleCheckPendingRequests(): void;
}

/**
 * Lets a connection that has nothing to send rest.
 *
 * After each answer kafkajs 2.2.4 looks again for requests that wait, after "-1 minus now" milliseconds, which a timer
 * takes for 1, and so on for as long as the connection is open: a thousand times a second for each of a worker's
 * connections. From 24 on Node warns of that timer on the person's screen. Only what waits has to be looked for
 * (https://github.com/tulios/kafkajs/issues/1704, https://github.com/tulios/kafkajs/issues/1751).
 */
export function letIdleConnectionsRest(): void {
  const { prototype } = createRequire(import.meta.url)('kafkajs/src/network/requestQueue/index.js') as {
    prototype: RequestQueue;
  };
  if (mended.has(prototype)) return;
  mended.add(prototype);
  const schedule = prototype.scheduleCheckPendingRequests;
  prototype.scheduleCheckPendingRequests = function (this: RequestQueue): void {
    if (this.pending.length > 0) schedule.call(this);
  };
}

const mended = new WeakSet<RequestQueue>();
