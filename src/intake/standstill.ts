import { setTimeout as sleep } from 'node:timers/promises';
import type { StreamDefinition } from '../definition/definition.ts';
import type { HeldUp } from './held-up.ts';
import { progressOf } from './progress.ts';
import type { LookDeps } from './standing.ts';

/** Most waits end sooner: they cost no look. */
const PATIENCE_MS = 1_000;
/** With the first second, it ends within the 5 s that one try of a load waits. */
const QUICK = { doubtMs: 1_000, proofMs: 2_500 };

/**
 * For one who waits for Druid: what holds it up, looked at once the wait has lasted a second.
 * @param signal the wait is over: it ends with an error
 * @returns none while nothing is known to
 */
export async function standstill(
  deps: LookDeps,
  stream: StreamDefinition,
  signal: AbortSignal,
): Promise<HeldUp[]> {
  await sleep(PATIENCE_MS, undefined, { signal });
  const progress = await progressOf(deps, stream, { ...QUICK, signal });
  return progress?.state === 'stuck' ? progress.heldUp : [];
}
