import { setTimeout as sleep } from 'node:timers/promises';
import { Fenced, Rebalancing } from '../clients/kafka/port.ts';
import type { BatchContext, EventSource, SourceBatch } from '../clients/kafka/port.ts';
import { type Deferred, deferred } from '../deferred.ts';
import type { Lane } from './lane.ts';

export interface SessionDeps {
  source: EventSource;
  createLane: (partition: number) => Lane;
  /** Something went wrong that a lane mends by itself. */
  onTrouble: (partition: number, error: unknown) => void;
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

/** Attempts to carry on in place before the whole consumer is built anew. */
const MAX_ATTEMPTS = 6;
/** After its start a broker needs about a second to load what it knows of a transactional id. */
const QUIET_ATTEMPTS = 4;
const FIRST_PAUSE_MS = 50;
/** Longer than the interval of heartbeats, so that the next one really asks the broker. */
const BEAT_IS_DUE_MS = 1_100;
const POSITIONS_RETRY_MS = 5_000;

/** A lane of ours. */
interface Held {
  lane: Lane;
  /** Work on one lane is done one after the other. */
  tail: Promise<void>;
  isReady: boolean;
  filling: AbortController | undefined;
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
    onBatch: (batch, context) => takeBatch(state, batch, context),
    onPassed: (partition, next) => takePassed(state, partition, next),
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
  await inTurn(one, () => keepTrying(one.lane, life.signal, deps.onTrouble, isWanted));
  if (!isWanted() || life.signal.aborted) return;
  one.isReady = true;
  deps.source.start(one.lane.partition, one.lane.position);
  fillPositions(one, life.signal);
}

async function takeBatch(
  { held, life, deps }: State,
  batch: SourceBatch,
  context: BatchContext,
): Promise<void> {
  const one = held.get(batch.partition);
  // Not resolved, so it is fetched again, from the position that the lane will name.
  if (!one?.isReady) return;
  await inTurn(one, () => processBatch(one.lane, batch, context, life.signal, deps.onTrouble));
}

function takePassed({ held, life, deps, ended }: State, partition: number, next: bigint): void {
  const one = held.get(partition);
  if (!one?.isReady) return;
  inTurn(one, async () => {
    if (!one.isReady) return;
    await one.lane.pass(next).catch(async (error: unknown) => {
      deps.onTrouble(partition, error);
      await keepTrying(one.lane, life.signal, deps.onTrouble, () => one.isReady);
      await one.lane.pass(next);
    });
  }).catch(ended.reject);
}

function hold(held: Map<number, Held>, lane: Lane): Held {
  const one: Held = { lane, tail: Promise.resolve(), isReady: false, filling: undefined };
  held.set(lane.partition, one);
  return one;
}

async function release(held: Map<number, Held>, partition: number, one: Held): Promise<void> {
  held.delete(partition);
  one.isReady = false;
  one.filling?.abort();
  await inTurn(one, () => one.lane.close());
}

function inTurn<T>(one: Held, work: () => Promise<T>): Promise<T> {
  const result = one.tail.then(work);
  one.tail = result.then(
    () => undefined,
    () => undefined,
  );
  return result;
}

/** Opens a lane; Kafka may need a moment to load what it knows of it. */
async function keepTrying(
  lane: Lane,
  signal: AbortSignal,
  onTrouble: SessionDeps['onTrouble'],
  isWanted: () => boolean,
): Promise<void> {
  for (let attempt = 1; isWanted() && !signal.aborted; attempt++) {
    try {
      return await lane.open(signal);
    } catch (error) {
      if (attempt >= QUIET_ATTEMPTS) onTrouble(lane.partition, error);
      if (attempt === MAX_ATTEMPTS) throw error;
      await sleep(FIRST_PAUSE_MS * 2 ** attempt);
    }
  }
}

async function processBatch(
  lane: Lane,
  batch: SourceBatch,
  context: BatchContext,
  signal: AbortSignal,
  onTrouble: SessionDeps['onTrouble'],
): Promise<void> {
  const { records, next } = batch;
  if (next < lane.position)
    throw new Error(`records before offset ${next} came again after ${lane.position}`);
  let at = firstFrom(records, lane.position);
  for (let attempt = 1; at < records.length;) {
    if (!context.isRunning()) return;
    try {
      at = await lane.process(records, at, next);
      attempt = 1;
    } catch (error) {
      onTrouble(lane.partition, error);
      if (attempt++ >= MAX_ATTEMPTS) throw error;
      await afterError(error, context);
      await keepTrying(lane, signal, onTrouble, () => context.isRunning());
      // What happened to the failed transaction, the committed position tells.
      at = firstFrom(records, lane.position);
    }
    context.resolved(lane.position < next ? lane.position : next);
    await context.heartbeat();
  }
  context.resolved(next);
}

/** A lane that was taken over belongs to another member now, unless the group says otherwise. */
async function afterError(error: unknown, context: BatchContext): Promise<void> {
  if (error instanceof Rebalancing) throw error;
  if (error instanceof Fenced) await sleep(BEAT_IS_DUE_MS);
  await context.heartbeat();
}

function firstFrom(records: SourceBatch['records'], position: bigint): number {
  const [first] = records;
  if (first !== undefined && BigInt(first.offset) >= position) return 0;
  const index = records.findIndex(({ offset }) => BigInt(offset) >= position);
  return index === -1 ? records.length : index;
}

/** In the background: MariaDB may be away, and events do not wait for it. */
function fillPositions(one: Held, life: AbortSignal): void {
  one.filling?.abort();
  const filling = new AbortController();
  one.filling = filling;
  const signal = AbortSignal.any([filling.signal, life]);
  void (async () => {
    while (!signal.aborted) {
      try {
        return await one.lane.fillPositions(signal);
      } catch {
        // The positions store says once that it cannot write; this is the same outage.
        await sleep(POSITIONS_RETRY_MS, undefined, { signal }).catch(() => undefined);
      }
    }
  })();
}
