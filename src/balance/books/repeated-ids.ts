/** A record and an earlier one of the same id. */
export interface Repetition {
  id: string;
  first: string;
  again: string;
}

export interface RepeatedIds {
  /** How many records came within the window of an earlier one of the same id. */
  readonly count: number;
  readonly example: Repetition | undefined;
  /** How many ids were forgotten within the window, for want of room. */
  readonly forgotten: number;
  note(id: string, offset: string, arrivalMs: number): void;
}

interface Seen {
  offset: string;
  arrivalMs: number;
}

/** About 250 MB, with ids of 36 characters. */
const MAX_IDS = 1_000_000;
const PRUNE_EVERY = 10_000;

/**
 * Looks for ids that stand twice in one clean partition within its dedupe window. It shares no code with ingest, which
 * it looks after.
 *
 * Ingest counts the window back from the newest arrival of the raw partition, which may be newer than any in the clean
 * one. So where producers' clocks disagree by more than the window, an id may be named that ingest let through rightly.
 */
export function repeatedIds(windowMs: number, maxIds = MAX_IDS): RepeatedIds {
  // In the order of their last record.
  const seen = new Map<string, Seen>();
  let newestMs = 0;
  let untilPrune = PRUNE_EVERY;
  const found = { count: 0, example: undefined as Repetition | undefined, forgotten: 0 };

  const prune = () => {
    let over = seen.size - maxIds;
    for (const [id, { arrivalMs }] of seen) {
      const isWithin = arrivalMs >= newestMs - windowMs;
      if (isWithin && over <= 0) return;
      if (isWithin) found.forgotten++;
      seen.delete(id);
      over--;
    }
  };
  return {
    get count() {
      return found.count;
    },
    get example() {
      return found.example;
    },
    get forgotten() {
      return found.forgotten;
    },
    note(id, offset, arrivalMs) {
      if (windowMs === 0) return;
      newestMs = Math.max(newestMs, arrivalMs);
      const earlier = seen.get(id);
      if (earlier !== undefined && earlier.arrivalMs >= newestMs - windowMs) {
        found.count++;
        found.example ??= { id, first: earlier.offset, again: offset };
      }
      seen.delete(id);
      seen.set(id, { offset, arrivalMs });
      if (--untilPrune > 0 && seen.size <= maxIds) return;
      untilPrune = PRUNE_EVERY;
      prune();
    },
  };
}
