import { NO_COUNTS } from '../../store/commit.ts';
import type { LaneDeps } from '../path/deps.ts';
import type { Rebuilt } from '../path/news.ts';
import { cleanEndOf } from './clean-end.ts';
import { lastPlaceOf, startOfWindow } from './raw-place.ts';

/**
 * Finds out from the clean topic how far a lane had come, where the group's offsets are gone: expired (Kafka drops
 * them some days after the last member has left), deleted together with the raw topic, or reset by hand; or where they
 * lie beyond the end of a raw topic that has lost its last records.
 *
 * @returns undefined where this lane never wrote anything
 */
export async function rebuild(deps: LaneDeps, signal: AbortSignal): Promise<Rebuilt | undefined> {
  const { partition } = deps;
  const { kafka } = deps.clients;
  const { topics } = deps.places;
  const [raw, clean, dead] = await Promise.all([
    kafka.boundsAt(topics.raw, partition),
    kafka.boundsAt(topics.clean, partition),
    kafka.boundsAt(topics.dead, partition),
  ]);
  if (clean.high === 0n && dead.high === 0n) return undefined;
  const { tail, next, newestMs } = await cleanEndOf(deps, clean, signal);
  const state = { clean: next, counts: { ...NO_COUNTS }, newestMs };
  if (tail.length === 0) return { position: raw.low, state, by: 'start' };
  const found = await lastPlaceOf(deps, tail, raw, signal);
  if (found !== undefined) return { position: found + 1n, state, by: 'record' };
  const begin = await startOfWindow(deps, newestMs, raw);
  return begin === undefined
    ? { position: raw.low, state, by: 'start' }
    : { position: begin, state, by: 'time' };
}
