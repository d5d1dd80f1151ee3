import type { Load, Offsets } from '../workflows/messages.ts';
import type { ActivityDeps } from './deps.ts';
import { rawTopicsOf } from './streams.ts';

/**
 * Notes where the raw topics of a load's streams end at this moment: the load waits for everything before that,
 * and for nothing after it.
 */
export const noteEnds =
  (deps: ActivityDeps) =>
  async (load: Load): Promise<Offsets> => {
    const ends: Offsets = {};
    for (const { name, topic } of await rawTopicsOf(deps, load)) {
      const offsets = await deps.kafka.bounds(topic);
      ends[name] = Object.fromEntries(
        [...offsets].map(([partition, { high }]) => [String(partition), String(high)]),
      );
    }
    return ends;
  };
