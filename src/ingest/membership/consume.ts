import { setTimeout as sleep } from 'node:timers/promises';
import type { ErrorCode } from '../../errors.ts';
import type { StreamWorkerDeps } from './deps.ts';
import type { Session } from './session.ts';
import { watchSilence, type SilenceWatch } from './silence.ts';
import { openSession } from './stream-session.ts';
import { FIRST_PAUSE_MS, STALL_MS, type StreamState } from './stream-state.ts';
import { watchSession } from './watchdog.ts';

/** A client can hang while it disconnects from a broker that is gone. */
const STOP_LIMIT_MS = 6_000;

/**
 * One life of a stream's consumer, from looking its topics up to its end. While Kafka answers nothing, its health says
 * so.
 * @param isOutdated the definition changed so that it needs another consumer
 */
export async function consume(
  deps: StreamWorkerDeps,
  state: StreamState,
  stopping: AbortSignal,
  isOutdated: () => boolean,
): Promise<void> {
  const silence = watchSilence(
    (seconds) => saySilent(state, seconds),
    () => (state.health = { state: 'starting', lag: state.health.lag }),
  );
  try {
    await live(deps, state, stopping, isOutdated, silence);
  } finally {
    silence.end();
  }
}

async function live(
  deps: StreamWorkerDeps,
  state: StreamState,
  stopping: AbortSignal,
  isOutdated: () => boolean,
  silence: SilenceWatch,
): Promise<void> {
  const { definition } = state.applied;
  const { session, rawTopic, cleanTopic } = await openSession(
    deps,
    definition,
    () => state.rules,
    (partition) => state.rebuilt.add(partition),
  );
  silence.heard();
  // It changed while the topics were looked up, and nothing was connected yet: again.
  if (isOutdated()) return;
  const group = deps.names.consumerGroup(definition.name);
  const watch = watchSession(
    deps.kafka,
    { rawTopic, cleanTopic, group },
    session,
    state.stallMs,
    ({ lag, hasMoved }) => {
      silence.heard();
      if (hasMoved) Object.assign(state, { stallMs: STALL_MS, pauseMs: FIRST_PAUSE_MS });
      state.health = session.isFlowing() ? { state: 'running', lag } : { ...state.health, lag };
    },
  );
  state.session = session;
  const onStop = () => void session.stop().catch(() => undefined);
  stopping.addEventListener('abort', onStop);
  try {
    if (!stopping.aborted) await Promise.race([session.run(), watch.failed]);
  } finally {
    watch.end();
    stopping.removeEventListener('abort', onStop);
    await stopped(session);
  }
}

function saySilent(state: StreamState, seconds: number): void {
  const code: ErrorCode = 'KAFKA_UNAVAILABLE';
  const message = `Kafka has not answered for ${seconds} s, and no event of stream '${state.applied.definition.name}' comes through. Check Kafka ('npx millrace stack status') and the network to it. The worker keeps trying.`;
  state.health = { state: 'waiting', lag: state.health.lag, error: { code, message } };
}

async function stopped(session: Session): Promise<void> {
  const stop = session.stop().catch(() => undefined);
  await Promise.race([stop, sleep(STOP_LIMIT_MS, undefined, { ref: false })]);
}
