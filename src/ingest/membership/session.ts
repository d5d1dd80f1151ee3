import type { BatchContext, EventSource, SourceBatch } from '../../clients/kafka/port.ts';
import { type Deferred, deferred } from '../../deferred.ts';
import { takeFetched } from '../path/fetch.ts';
import type { Lane } from '../path/lane.ts';
import { mendLane } from '../recovery/mend-lane.ts';
import { type OnTrouble, openLane } from '../recovery/open-lane.ts';
import { fillMarks } from './fill-marks.ts';
import { type Held, hold, inTurn, release } from './held.ts';

export interface SessionDeps {
  source: EventSource;
  createLane: (partition: number) => Lane;
  onTrouble: OnTrouble;
}

/** One life of a stream's consumer: from joining the group until it is stopped or fails. */
export interface Session {
  /** Resolves after `stop`; rejects when the session has failed and a new one is needed. */
  run(): Promise<void>;
  stop(): Promise<void>;
  /** The group has been formed, and every lane of ours flows. */
  isFlowing(): boolean;
  lanes(): readonly Lane[];
}

interface State {
  readonly deps: SessionDeps;
  /** By partition. */
  readonly held: Map<number, Held>;
  /** Over when the session is stopped. */
  readonly life: AbortController;
  readonly ended: Deferred;
  /** How often the group was formed: what was begun before the last time is no longer wanted. */
  generation: number;
}

export function createSession(deps: SessionDeps): Session {
  const state: State = {
    deps,
    held: new Map(),
    life: new AbortController(),
    ended: deferred(),
    generation: 0,
  };
  return {
    run: () => run(state),
    stop: () => stop(state),
    isFlowing: () => state.generation > 0 && [...state.held.values()].every(({ isReady }) => isReady),
    lanes: () => [...state.held.values()].map(({ lane }) => lane),
  };
}

async function run(state: State): Promise<void> {
  await state.deps.source.run({
    onAssigned: (partitions) => assign(state, partitions),
    onBatch: (batch, context) => onBatch(state, batch, context),
    onPassed: (partition, next) => onPassed(state, partition, next),
    onCrash: state.ended.reject,
  });
  await state.ended.promise;
}

async function stop(state: State): Promise<void> {
  const { held, life, ended, deps } = state;
  life.abort();
  state.generation++;
  await deps.source.stop();
  await Promise.all([...held].map(([partition, one]) => release(held, partition, one)));
  ended.resolve();
}

/** Gives up what is no longer ours, and takes every partition that is: its position may have been moved by others. */
function assign(state: State, partitions: readonly number[]): void {
  const { held, deps, ended } = state;
  state.generation++;
  for (const [partition, one] of held) {
    if (!partitions.includes(partition)) release(held, partition, one).catch(ended.reject);
  }
  for (const partition of partitions) {
    const one = held.get(partition) ?? hold(held, deps.createLane(partition));
    one.isReady = false;
    void take(state, one, state.generation).catch(ended.reject);
  }
}

/** Opens a lane and lets its partition flow, unless the group was formed anew meanwhile. */
async function take(state: State, one: Held, since: number): Promise<void> {
  const { deps, life } = state;
  const isWanted = () => since === state.generation;
  await inTurn(one, () => openLane(one.lane, life.signal, deps.onTrouble, isWanted));
  if (!isWanted() || life.signal.aborted) return;
  one.isReady = true;
  deps.source.start(one.lane.partition, one.lane.position);
  fillMarks(one, life.signal);
}

async function onBatch(state: State, batch: SourceBatch, context: BatchContext): Promise<void> {
  const { held, life, deps } = state;
  const one = held.get(batch.partition);
  // Not resolved, so it is fetched again, from the position that the lane will name.
  if (!one?.isReady) return;
  const mend = mendLane(one.lane, context, life.signal, deps.onTrouble);
  await inTurn(one, () => takeFetched(one.lane, batch, context, mend));
}

function onPassed({ held, life, deps, ended }: State, partition: number, next: bigint): void {
  const one = held.get(partition);
  if (!one?.isReady) return;
  inTurn(one, async () => {
    if (!one.isReady) return;
    await one.lane.pass(next).catch(async (error: unknown) => {
      deps.onTrouble(partition, error);
      await openLane(one.lane, life.signal, deps.onTrouble, () => one.isReady);
      await one.lane.pass(next);
    });
  }).catch(ended.reject);
}
