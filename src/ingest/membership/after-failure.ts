import { setTimeout as sleep } from 'node:timers/promises';
import { type ErrorCode, isMillraceError, MillraceError, messageOf } from '../../errors.ts';
import type { StreamWorkerDeps } from './deps.ts';
import type { StreamState } from './stream-state.ts';

/** Only somebody else can mend these. */
const WAITING = new Set<ErrorCode>(['TOPIC_UNREADABLE', 'KAFKA_REFUSED', 'CLEAN_TOPIC_CUT']);
const MAX_PAUSE_MS = 4_000;
/** What only somebody else can mend (a topic, its codec, a right) is looked at again after this time. */
const WAITING_PAUSE_MS = 5_000;
const MAX_STALL_MS = 600_000;

/**
 * Says why a consumer has failed, and waits before the next life.
 *
 * The process goes on, whatever it was: its other streams have nothing to do with it.
 */
export async function afterFailure(
  deps: StreamWorkerDeps,
  state: StreamState,
  error: unknown,
  stopping: AbortSignal,
): Promise<void> {
  const stream = state.applied.definition.name;
  const failure = failureOf(error, stream);
  const { code, message } = failure;
  const isWaiting = WAITING.has(code);
  if (state.health.error?.message !== message) {
    deps.log.warn({ stream, code, cause: messageOf(failure.cause) }, message);
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
function failureOf(error: unknown, stream: string): MillraceError {
  if (isMillraceError(error)) return error;
  return new MillraceError(
    'KAFKA_UNAVAILABLE',
    `Stream '${stream}' stands still: ${messageOf(error)}. Its consumer is built anew.`,
    { cause: error },
  );
}
