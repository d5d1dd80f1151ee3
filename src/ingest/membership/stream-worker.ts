import type { StreamDefinition } from '../../definition/definition.ts';
import { afterFailure } from './after-failure.ts';
import { consume } from './consume.ts';
import type { StreamWorkerDeps } from './deps.ts';
import {
  type AppliedStream,
  bucketLengthOf,
  healthOf,
  newState,
  rulesOf,
  type StreamHealth,
  type StreamState,
} from './stream-state.ts';

/** Keeps one stream's consumer alive. */
export interface StreamWorker {
  /** Is it at work by this definition, for these readers? */
  isOf(applied: AppliedStream): boolean;
  /** Takes a changed definition, or other readers, over, between two transactions. */
  update(applied: AppliedStream): void;
  health(): StreamHealth;
  stop(): Promise<void>;
}

export function startStreamWorker(deps: StreamWorkerDeps, applied: AppliedStream): StreamWorker {
  const stopping = new AbortController();
  const state = newState(applied);
  const running = keepAlive(deps, state, stopping.signal);
  return {
    isOf: (next) => next.hash === state.applied.hash && bucketLengthOf(next) === state.rules.bucketLengthMs,
    update(next) {
      deps.log.info({ stream: next.definition.name, hash: next.hash }, 'a changed definition takes over');
      changeTo(state, next);
    },
    health: () => healthOf(state),
    async stop() {
      stopping.abort();
      await running;
    },
  };
}

async function keepAlive(deps: StreamWorkerDeps, state: StreamState, stopping: AbortSignal): Promise<void> {
  while (!stopping.aborted) {
    try {
      const { definition } = state.applied;
      await consume(deps, state, stopping, () => needsAnother(definition, state.applied.definition));
    } catch (error) {
      if (!stopping.aborted) await afterFailure(deps, state, error, stopping);
    }
  }
  state.health = { state: 'stopped', lag: state.health.lag };
}

function changeTo(state: StreamState, next: AppliedStream): void {
  const before = state.applied.definition;
  state.applied = next;
  state.rules = rulesOf(next);
  if (needsAnother(before, next.definition)) state.session?.stop().catch(() => undefined);
}

/** Another topic or window needs another consumer; other fields are just another check. */
function needsAnother(before: StreamDefinition, next: StreamDefinition): boolean {
  return before.topic !== next.topic || before.dedupeMs !== next.dedupeMs;
}
