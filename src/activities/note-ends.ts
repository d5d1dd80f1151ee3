import type { LoadDeps } from '../load/deps.ts';
import type { Load, Offsets } from '../load/messages.ts';
import { streamsOf } from '../sources/druid/streams.ts';

/**
 * Notes where the raw topics of a load's streams end at this moment: the load waits for everything before that,
 * and for nothing after it.
 */
export const noteEnds =
  (deps: LoadDeps) =>
  async (load: Load): Promise<Offsets> => {
    const ends: Offsets = {};
    for (const { name, topic } of await streamsOf(deps, load)) {
      const offsets = await deps.kafka.bounds(topic);
      ends[name] = Object.fromEntries(
        [...offsets].map(([partition, { high }]) => [String(partition), String(high)]),
      );
    }
    return ends;
  };
