/** Those of this process who wait for one of a vendor's places, the first one first. */
interface Queue {
  inside: number;
  waiting: (() => void)[];
}

/**
 * Lets no more of this process ask for a vendor's places at a time than there are: nobody here has to look again and again
 * for a place that somebody else here holds.
 */
export function placesHere() {
  const queues = new Map<string, Queue>();
  return {
    /**
     * @param places undefined: any number
     * @returns to be called at the end, once or more often
     */
    async enter(vendor: string, places: number | undefined, signal: AbortSignal): Promise<() => void> {
      if (places === undefined) return () => undefined;
      const queue = queues.get(vendor) ?? { inside: 0, waiting: [] };
      queues.set(vendor, queue);
      if (queue.inside >= places) await nextPlace(queue, signal);
      else queue.inside++;
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
