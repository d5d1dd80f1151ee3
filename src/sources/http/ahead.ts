/** Work that is begun before its turn, by its key. */
export interface Ahead<T> {
  /**
   * The result of the work with that key: begun already, or now. Then what was begun instead is given up, and nothing is
   * begun ahead any more.
   */
  take(key: string): Promise<T>;
  /** Begins the work with that key, unless there is enough under way. @returns whether it is under way */
  begin(key: string): boolean;
  /** Gives up all that was begun and not taken. */
  drop(): void;
}

/**
 * Does pieces of work ahead of their turn. One that fails shows that when it is taken, and not before.
 *
 * @param most how many may be under way, or wait to be taken, at the same time
 * @param dropped frees a result that nobody took
 */
export function ahead<T>(
  most: number,
  work: (key: string, signal: AbortSignal) => Promise<T>,
  dropped: (result: T) => unknown,
): Ahead<T> {
  const begun = new Map<string, Promise<T>>();
  let over = new AbortController();
  /** Work was begun that is not what was needed: whoever guesses is wrong here. */
  let isWrong = false;
  const start = (key: string): Promise<T> => {
    const result = work(key, over.signal);
    result.catch(() => undefined);
    return result;
  };
  const drop = () => {
    for (const result of begun.values()) void result.then(dropped, () => undefined);
    begun.clear();
    over.abort();
    over = new AbortController();
  };
  return {
    take(key) {
      const result = begun.get(key);
      if (result === undefined) {
        isWrong ||= begun.size > 0;
        drop();
      }
      begun.delete(key);
      return result ?? start(key);
    },
    begin(key) {
      if (begun.has(key)) return true;
      if (isWrong || begun.size >= most) return false;
      begun.set(key, start(key));
      return true;
    },
    drop,
  };
}
