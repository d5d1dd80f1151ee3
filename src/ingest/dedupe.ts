/**
 * The ids of one partition's clean events within the dedupe window, each with its arrival.
 *
 * Whether an id is a duplicate depends on the sequence of records alone: the window reaches back from the newest
 * arrival seen, never from the clock, so that a worker that rebuilds it decides as its predecessor would have.
 */
export interface DedupeWindow {
  /** Is an event that arrived then still within the window? Never, where the stream removes no duplicates. */
  covers(arrivalMs: number, newestMs: number): boolean;
  /** Is this the id of an event that arrived within the window before `newestMs`? */
  holds(id: string, newestMs: number): boolean;
  add(id: string, arrivalMs: number): void;
  /** Forgets what left the window. */
  prune(newestMs: number): void;
  readonly size: number;
  /** Ids given up before their time because the window held too many. */
  readonly evicted: number;
}

/** A Map holds 16.7 million entries; ids of 36 characters need about 1 GB for so many. */
const MAX_IDS = 8_000_000;

export function dedupeWindow(windowMs: number, maxIds: number = MAX_IDS): DedupeWindow {
  const arrivals = new Map<string, number>();
  let evicted = 0;
  const dropOldest = () => {
    for (const id of arrivals.keys()) {
      arrivals.delete(id);
      evicted++;
      return;
    }
  };
  const covers = (arrivalMs: number, newestMs: number) => windowMs > 0 && arrivalMs >= newestMs - windowMs;
  return {
    covers,
    holds(id, newestMs) {
      const arrivalMs = arrivals.get(id);
      return arrivalMs !== undefined && covers(arrivalMs, newestMs);
    },
    add(id, arrivalMs) {
      if (windowMs === 0) return;
      // Deleted first, so that the order of the map stays the order of arrival.
      arrivals.delete(id);
      if (arrivals.size >= maxIds) dropOldest();
      arrivals.set(id, arrivalMs);
    },
    prune(newestMs) {
      for (const [id, arrivalMs] of arrivals) {
        if (covers(arrivalMs, newestMs)) return;
        arrivals.delete(id);
      }
    },
    get size() {
      return arrivals.size;
    },
    get evicted() {
      return evicted;
    },
  };
}
