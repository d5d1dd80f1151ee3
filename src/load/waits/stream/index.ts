import type { StreamDefinition } from '../../../definition/definition.ts';
import { CLEAN_TOPICS } from '../../../store/coverage.ts';
import { heldUpText, nextOffsets, standstill, unreadOf } from '../../../intake/index.ts';
import type { LoadDeps } from '../../deps.ts';
import type { Wait } from '../wait.ts';
import { consumedTo } from './consumed.ts';

/**
 * Waits until Druid has every event that stands in the raw topic when its ends are noted.
 *
 * Two steps per partition: our consumer's committed position has passed the noted end, and Druid's tasks have
 * passed the last clean record that we had produced by then. Never "lag 0" (a commit marker keeps it at 1) and
 * never event time. A stream without any event is drained at once.
 */
export const stream: Wait<StreamDefinition> = {
  async note({ kafka, names }, definition) {
    // The real ends: a transaction that somebody else has left open must not hide the events that lie behind it.
    const ends = await kafka.ends(names.rawTopic(definition));
    return Object.fromEntries([...ends].map(([partition, end]) => [String(partition), String(end)]));
  },

  async complete(deps, definition, ends, until) {
    const { name } = definition;
    const { offsets, cleanTopic } = await until('STREAM_NOT_DRAINED', () =>
      consumedTo(deps, definition, ends),
    );
    await until(
      'STREAM_NOT_DRAINED',
      async () => {
        const missing = await unreadOf(deps, definition, nextOffsets(offsets));
        return missing === undefined ? { reached: true } : { missing };
      },
      (signal) => standsStill(deps, definition, signal),
    );
    const coverage = { [name]: offsets };
    return cleanTopic === undefined ? coverage : { ...coverage, [CLEAN_TOPICS]: { [name]: cleanTopic } };
  },
};

async function standsStill(
  deps: LoadDeps,
  stream: StreamDefinition,
  signal: AbortSignal,
): Promise<string | undefined> {
  const heldUp = await standstill(deps, stream, signal);
  if (heldUp.length === 0) return undefined;
  const topic = deps.names.cleanTopic(stream.name);
  return `It does not move: ${heldUp.map((one) => heldUpText(topic, one)).join('; ')}.`;
}
