import { commit } from '../path/commit.ts';
import type { LaneDeps } from '../path/deps.ts';
import type { Lane } from '../path/lane.ts';
import { closedLane, opened } from '../path/state.ts';
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
    open: (signal) => takeOver(state, signal),
    process: (records, from, next) => transact(state, records, from, next),
    async pass(next) {
      if (next > state.position) await commit(state, next, state.reached);
    },
    fillMarks: (signal) => fillMarks(deps, opened(state.memory), signal),
    async close() {
      state.memory?.close();
      state.memory = undefined;
      await closeProducer(state);
    },
  };
}
