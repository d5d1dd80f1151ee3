import { setTimeout as sleep } from 'node:timers/promises';
import { isFenced, isRebalance } from '../clients/kafka-errors.ts';
import type { BatchContext, EventSource, SourceBatch } from '../clients/kafka-source.ts';
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

interface Held {
  lane: Lane;
  /** Work on one lane is done one after the other. */
  tail: Promise<void>;
  isReady: boolean;
  filling: AbortController | undefined;
}

export function createSession({ source, createLane, onTrouble }: SessionDeps): Session {
  const held = new Map<number, Held>();
  const life = new AbortController();
  let generation = 0;
  let fail: (error: unknown) => void = () => undefined;
  let finish: () => void = () => undefined;
  const ended = new Promise<void>((resolve, reject) => {
    finish = resolve;
    fail = reject;
  });
  ended.catch(() => undefined);

  const onAssigned = (partitions: readonly number[]) => {
    generation++;
    for (const [partition, lane] of held) {
      if (!partitions.includes(partition)) release(held, partition, lane).catch(fail);
    }
    for (const partition of partitions) {
      const lane = held.get(partition) ?? hold(held, createLane(partition));
      lane.isReady = false;
      void take(lane, generation).catch(fail);
    }
  };

  /** Opens a lane and lets its partition flow, unless the group was formed anew meanwhile. */
  const take = async (one: Held, since: number) => {
    await inTurn(one, () => keepTrying(one.lane, life.signal, onTrouble, () => since === generation));
    if (since !== generation || life.signal.aborted) return;
    one.isReady = true;
    source.start(one.lane.partition, one.lane.position);
    fillPositions(one, life.signal);
  };

  const onBatch = async (batch: SourceBatch, context: BatchContext) => {
    const one = held.get(batch.partition);
    // Not resolved, so it is fetched again, from the position that the lane will name.
    if (!one?.isReady) return;
    await inTurn(one, () => processBatch(one.lane, batch, context, life.signal, onTrouble));
  };

  const onPassed = (partition: number, next: bigint) => {
    const one = held.get(partition);
    if (!one?.isReady) return;
    inTurn(one, async () => {
      if (!one.isReady) return;
      await one.lane.pass(next).catch(async (error: unknown) => {
        onTrouble(partition, error);
        await keepTrying(one.lane, life.signal, onTrouble, () => one.isReady);
        await one.lane.pass(next);
      });
    }).catch(fail);
  };

  return {
    async run() {
      await source.run({ onAssigned, onBatch, onPassed, onCrash: fail });
      await ended;
    },
    async stop() {
      life.abort();
      generation++;
      await source.stop();
      await Promise.all([...held].map(([partition, one]) => release(held, partition, one)));
      finish();
    },
    isFlowing: () => generation > 0 && [...held.values()].every(({ isReady }) => isReady),
    lanes: () => [...held.values()].map(({ lane }) => lane),
  };
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
  if (isRebalance(error)) throw error;
  if (isFenced(error)) await sleep(BEAT_IS_DUE_MS);
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
