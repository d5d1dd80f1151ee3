import { commit } from '../path/commit.ts';
import type { LaneDeps } from '../path/deps.ts';
import type { Lane } from '../path/lane.ts';
import { closedLane, type LaneState, opened } from '../path/state.ts';
import { transact } from '../path/transact.ts';
import { fillMarks } from '../recovery/catch-up.ts';
import { closeProducer, takeOver } from '../recovery/take-over.ts';

/** A lane that is closed: it flows once it is opened. */
export function createLane(deps: LaneDeps): Lane {
  const state = closedLane(deps);
  return {
    partition: deps.partition,
    get position() {
      return state.position;
    },
    get counts() {
      return state.reached.counts;
    },
    open: (signal) => orClosed(state, () => takeOver(state, signal)),
    process: (records, from, next) => orClosed(state, () => transact(state, records, from, next)),
    pass: (next) =>
      orClosed(state, async () => {
        if (next > state.position) await commit(state, next, state.reached);
      }),
    fillMarks: (signal) => fillMarks(deps, opened(state.memory), signal),
    async close() {
      state.memory?.close();
      state.memory = undefined;
      await closeProducer(state);
    },
  };
}

/**
 * Runs `work`. If it fails, closes the producer: its records would be committed with the next transaction. Only the next
 * opening finds out whether it had committed, so nobody writes until then: kafkajs hands a batch out again without a new
 * membership.
 */
async function orClosed<T>(state: LaneState, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    await closeProducer(state);
    throw error;
  }
}
