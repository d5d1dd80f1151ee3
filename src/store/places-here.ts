/** Those of this process who wait for one of a vendor's places, the first one first. */
interface Queue {
  inside: number;
  waiting: (() => void)[];
}

/**
 * Requests of this process queue here for a vendor's places. Only as many as there are places look for one in the store.
 */
export function placesHere() {
  const queues = new Map<string, Queue>();
  return {
    /**
     * @param places undefined: any number
     * @returns to be called at the end, once or more often; undefined: the wait took too long
     */
    async enter(
      vendor: string,
      places: number | undefined,
      { longestWaitMs, signal }: { longestWaitMs: number; signal: AbortSignal },
    ): Promise<(() => void) | undefined> {
      if (places === undefined) return () => undefined;
      const queue = queues.get(vendor) ?? { inside: 0, waiting: [] };
      queues.set(vendor, queue);
      if (queue.inside >= places) {
        const late = AbortSignal.timeout(longestWaitMs);
        try {
          await nextPlace(queue, AbortSignal.any([signal, late]));
        } catch (error) {
          if (late.aborted && !signal.aborted) return undefined;
          throw error;
        }
      } else queue.inside++;
      let isInside = true;
      return () => {
        if (!isInside) return;
        isInside = false;
        // The place itself goes on to the next one.
        const next = queue.waiting.shift();
        if (next === undefined) queue.inside--;
        else next();
      };
    },
  };
}

async function nextPlace(queue: Queue, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  await new Promise<void>((resolve, reject) => {
    const giveUp = () => {
      queue.waiting = queue.waiting.filter((one) => one !== enter);
      reject(signal.reason as Error);
    };
    const enter = () => {
      signal.removeEventListener('abort', giveUp);
      resolve();
    };
    signal.addEventListener('abort', giveUp, { once: true });
    queue.waiting.push(enter);
  });
}
