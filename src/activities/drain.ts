import type { LoadDeps } from '../load/deps.ts';
import type { Load, Offsets } from '../load/messages.ts';
import { completeTo } from '../load/waits/index.ts';

/**
 * Waits until a load's source can be asked for everything that was there when `ends` was noted.
 * @returns the load's coverage: per stream and partition the clean offset up to which Druid has been seen to be
 *   complete, and of which topic
 * @throws STREAM_NOT_DRAINED (retried) saying which partition is waited for, and on whom · TABLE_NOT_LOADED (retried) · TABLE_UNKNOWN
 */
export const drain =
  (deps: LoadDeps) =>
  (load: Load, ends: Offsets): Promise<Offsets> =>
    completeTo(deps, load, ends);
