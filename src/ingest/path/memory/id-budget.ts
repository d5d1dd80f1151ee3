import { type DedupeWindow, dedupeWindow } from './dedupe.ts';

/** The memory that the dedupe windows of one process share. */
export interface IdBudget {
  /** Begins a window. One of the same key, whose lane was given up without a word, counts no longer. */
  open(key: string, windowMs: number): DedupeWindow;
  close(key: string, window: DedupeWindow): void;
}

/** About 1 GB at worst, with ids of 36 characters. */
const MAX_IDS = 8_000_000;

/** Where all of it is used, the largest window gives up its oldest ids first. */
export function idBudget(maxIds: number = MAX_IDS): IdBudget {
  const windows = new Map<string, DedupeWindow>();
  // Ids that may be added before the windows have to be counted again. What they forget meanwhile is found then.
  let free = 0;
  const makeRoom = () => {
    if (free-- > 0) return;
    let used = 0;
    let largest: DedupeWindow | undefined;
    for (const window of windows.values()) {
      used += window.size;
      if (largest === undefined || window.size > largest.size) largest = window;
    }
    free = maxIds - used - 1;
    if (used >= maxIds) largest?.dropOldest();
  };
  return {
    open(key, windowMs) {
      const window = dedupeWindow(windowMs, makeRoom);
      windows.set(key, window);
      return window;
    },
    close(key, window) {
      if (windows.get(key) === window) windows.delete(key);
    },
  };
}
