import { setTimeout as sleep } from 'node:timers/promises';
import { type Counts, NO_COUNTS, addCounts } from '../store/commit.ts';
import type { StreamDefinition } from '../definition/definition.ts';
import { isMillraceError, MillraceError, messageOf } from '../errors.ts';
import type { LaneDeps, StreamWorkerDeps } from './deps.ts';
import type { Session } from './session.ts';
import { openSession } from './stream-session.ts';
import { compileTransform } from './transform.ts';
import { watchSession } from './watchdog.ts';

/** A definition as it was applied, with the hash that says whether it changed. */
export interface AppliedStream {
  definition: StreamDefinition;
  hash: string;
}

export interface StreamHealth {
  stream: string;
  /** `waiting`: its topics are missing or unreadable, or Kafka refuses us; `recovering`: it failed and is being built anew. */
  state: 'starting' | 'running' | 'recovering' | 'waiting' | 'stopped';
  /** Raw offsets not processed yet, over the partitions that this process holds; control records count. */
  lag: number;
  /** Over the partitions that this process holds, since the stream began. */
  counts: Counts;
  /** Partitions whose position was lost and rebuilt by this process: `counts` leave out what came before. */
  rebuilt?: number[];
  /** What stands in its way; absent while it runs. */
  error?: { code: string; message: string };
}

/** Keeps one stream's consumer alive. */
export interface StreamWorker {
  readonly hash: string;
  /** Takes a changed definition over, between two transactions. */
  update(applied: AppliedStream): void;
  health(): StreamHealth;
  stop(): Promise<void>;
}

const FIRST_PAUSE_MS = 250;
const MAX_PAUSE_MS = 4_000;
/** What only somebody else can mend (a topic, its codec, a right) is looked at again after this time. */
const WAITING_PAUSE_MS = 5_000;
const STALL_MS = 30_000;
const MAX_STALL_MS = 600_000;
/** kafkajs can hang while it disconnects from a broker that is gone. */
const STOP_LIMIT_MS = 6_000;

/** What a running stream remembers between two lives of its consumer. */
interface State {
  applied: AppliedStream;
  rules: ReturnType<LaneDeps['rules']>;
  session: Session | undefined;
  health: Omit<StreamHealth, 'stream' | 'counts' | 'rebuilt'>;
  rebuilt: Set<number>;
  /** Doubled by each stall: behind a producer's long transaction the consumer rightly stands still. */
  stallMs: number;
  pauseMs: number;
}

export function startStreamWorker(deps: StreamWorkerDeps, applied: AppliedStream): StreamWorker {
  const stopping = new AbortController();
  const state: State = {
    applied,
    rules: rulesOf(applied.definition),
    session: undefined,
    health: { state: 'starting', lag: 0 },
    rebuilt: new Set(),
    stallMs: STALL_MS,
    pauseMs: FIRST_PAUSE_MS,
  };
  const running = keepAlive(deps, state, stopping.signal);
  return {
    get hash() {
      return state.applied.hash;
    },
    update(next) {
      deps.log.info({ stream: next.definition.name, hash: next.hash }, 'a changed definition takes over');
      takeOver(state, next);
    },
    health: () => healthOf(state),
    async stop() {
      stopping.abort();
      await running;
    },
  };
}

function takeOver(state: State, next: AppliedStream): void {
  const before = state.applied.definition;
  state.applied = next;
  state.rules = rulesOf(next.definition);
  if (needsAnother(before, next.definition)) state.session?.stop().catch(() => undefined);
}

/** Another topic or window needs another consumer; other fields are just another check. */
function needsAnother(before: StreamDefinition, next: StreamDefinition): boolean {
  return before.topic !== next.topic || before.dedupeMs !== next.dedupeMs;
}

async function keepAlive(deps: StreamWorkerDeps, state: State, stopping: AbortSignal): Promise<void> {
  while (!stopping.aborted) {
    try {
      await live(deps, state, stopping);
    } catch (error) {
      if (!stopping.aborted) await recover(deps, state, failureOf(error, state), stopping);
    }
  }
  state.health = { state: 'stopped', lag: state.health.lag };
}

/** One life of the consumer, from looking its topics up to its end. */
async function live(deps: StreamWorkerDeps, state: State, stopping: AbortSignal): Promise<void> {
  const { definition } = state.applied;
  const session = await openSession(
    deps,
    definition,
    () => state.rules,
    (partition) => state.rebuilt.add(partition),
  );
  // It changed while the topics were looked up, and nothing was connected yet: again.
  if (needsAnother(definition, state.applied.definition)) return;
  const topic = deps.names.rawTopic(definition);
  const group = deps.names.consumerGroup(definition.name);
  const watch = watchSession(deps.kafka, { topic, group }, session, state.stallMs, ({ lag, hasMoved }) => {
    if (hasMoved) Object.assign(state, { stallMs: STALL_MS, pauseMs: FIRST_PAUSE_MS });
    state.health = session.isFlowing() ? { state: 'running', lag } : { ...state.health, lag };
  });
  state.session = session;
  const onStop = () => void session.stop().catch(() => undefined);
  stopping.addEventListener('abort', onStop);
  try {
    if (!stopping.aborted) await Promise.race([session.run(), watch.failed]);
  } finally {
    watch.end();
    stopping.removeEventListener('abort', onStop);
    await Promise.race([
      session.stop().catch(() => undefined),
      sleep(STOP_LIMIT_MS, undefined, { ref: false }),
    ]);
  }
}

async function recover(deps: StreamWorkerDeps, state: State, failure: MillraceError, stopping: AbortSignal) {
  const { code, message } = failure;
  // Never the end of the process: its other streams have nothing to do with it.
  const isWaiting = code === 'TOPIC_UNREADABLE' || code === 'KAFKA_REFUSED';
  if (state.health.error?.message !== message) {
    deps.log.warn({ stream: state.applied.definition.name, code, cause: messageOf(failure.cause) }, message);
  }
  state.health = {
    state: isWaiting ? 'waiting' : 'recovering',
    lag: state.health.lag,
    error: { code, message },
  };
  if (failure.context['stalled'] === true) state.stallMs = Math.min(state.stallMs * 2, MAX_STALL_MS);
  const pauseMs = isWaiting ? WAITING_PAUSE_MS : state.pauseMs;
  state.pauseMs = Math.min(state.pauseMs * 2, MAX_PAUSE_MS);
  await sleep(pauseMs, undefined, { signal: stopping }).catch(() => undefined);
}

/** A fault that has no code of ours is answered as one of Kafka's: the consumer is built anew. */
function failureOf(error: unknown, { applied }: State): MillraceError {
  if (isMillraceError(error)) return error;
  return new MillraceError(
    'KAFKA_UNAVAILABLE',
    `Stream '${applied.definition.name}' stands still: ${messageOf(error)}. Its consumer is built anew.`,
    { cause: error },
  );
}

function rulesOf(definition: StreamDefinition): State['rules'] {
  return { transform: compileTransform(definition), timeField: definition.time };
}

function healthOf({ applied, session, health, rebuilt }: State): StreamHealth {
  const counts = (session?.lanes() ?? []).map((lane) => lane.counts).reduce(addCounts, NO_COUNTS);
  const partitions = [...rebuilt].sort((a, b) => a - b);
  return {
    stream: applied.definition.name,
    ...health,
    counts,
    ...(partitions.length > 0 ? { rebuilt: partitions } : {}),
  };
}
