import type { Lane } from '../path/lane.ts';

/** A lane of ours. */
export interface Held {
  lane: Lane;
  /** Work on one lane is done one after the other. */
  tail: Promise<void>;
  /** It was taken over, and its partition flows. */
  isReady: boolean;
  filling: AbortController | undefined;
}

export function hold(held: Map<number, Held>, lane: Lane): Held {
  const one: Held = { lane, tail: Promise.resolve(), isReady: false, filling: undefined };
  held.set(lane.partition, one);
  return one;
}

/** Gives a partition up, after the work that runs on it. */
export async function release(held: Map<number, Held>, partition: number, one: Held): Promise<void> {
  held.delete(partition);
  one.isReady = false;
  one.filling?.abort();
  await inTurn(one, () => one.lane.close());
}

export function inTurn<T>(one: Held, work: () => Promise<T>): Promise<T> {
  const result = one.tail.then(work);
  one.tail = result.then(
    () => undefined,
    () => undefined,
  );
  return result;
}
