import { setTimeout as sleep } from 'node:timers/promises';

/** Work that goes on until it is stopped. */
export interface Repeated {
  /** Waits until what is under way has ended. */
  stop(): Promise<void>;
}

interface Rhythm {
  /** From the end of one piece of work to the next. */
  everyMs: number;
  /** Told what a piece of work failed with; the next one comes all the same. */
  onError(error: unknown): void;
}

/** Works now, and again and again. @param work is told by its signal to come to an end */
export function repeatedly(
  work: (signal: AbortSignal) => Promise<void>,
  { everyMs, onError }: Rhythm,
): Repeated {
  const stopped = new AbortController();
  const { signal } = stopped;
  const working = (async () => {
    while (!signal.aborted) {
      await work(signal).catch(onError);
      await sleep(everyMs, undefined, { signal }).catch(() => undefined);
    }
  })();
  return {
    async stop() {
      stopped.abort();
      await working;
    },
  };
}
