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
  /** Forgets the oldest before its time. */
  dropOldest(): void;
  readonly size: number;
  /** Ids given up before their time. */
  readonly evicted: number;
}

/** @param makeRoom called before an id more is held */
export function dedupeWindow(windowMs: number, makeRoom: () => void = () => undefined): DedupeWindow {
  const arrivals = new Map<string, number>();
  const oldest = oldestOf(arrivals);
  let evicted = 0;
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
      if (!arrivals.delete(id)) makeRoom();
      arrivals.set(id, arrivalMs);
    },
    prune(newestMs) {
      for (let entry = oldest(); entry && !covers(entry[1], newestMs); entry = oldest())
        arrivals.delete(entry[0]);
    },
    dropOldest() {
      const entry = oldest();
      if (entry && arrivals.delete(entry[0])) evicted++;
    },
    get size() {
      return arrivals.size;
    },
    get evicted() {
      return evicted;
    },
  };
}

/**
 * Reads the first entry of a map, again and again while it is deleted from the front.
 *
 * With one iterator, which follows the map as it changes: a new one would have to step over everything deleted since
 * the map was last copied, which are up to half of its entries.
 */
function oldestOf(arrivals: ReadonlyMap<string, number>): () => [string, number] | undefined {
  let entries = arrivals.entries();
  let head: [string, number] | undefined;
  return () => {
    // What was deleted meanwhile, or has come again and stands further back, is the oldest no longer.
    while (head === undefined || arrivals.get(head[0]) !== head[1]) {
      head = entries.next().value;
      if (head !== undefined) continue;
      entries = arrivals.entries();
      if (arrivals.size === 0) return undefined;
    }
    return head;
  };
}
