import { setTimeout as sleep } from 'node:timers/promises';
import type { Held } from './held.ts';

const RETRY_MS = 5_000;

/** Lets a lane note what a crash has lost, in the background: MariaDB may be away, and events do not wait for it. */
export function fillMarks(one: Held, life: AbortSignal): void {
  one.filling?.abort();
  const filling = new AbortController();
  one.filling = filling;
  const signal = AbortSignal.any([filling.signal, life]);
  void (async () => {
    while (!signal.aborted) {
      try {
        return await one.lane.fillMarks(signal);
      } catch {
        // The marks' store says once that it cannot write; this is the same outage.
        await sleep(RETRY_MS, undefined, { signal }).catch(() => undefined);
      }
    }
  })();
}
