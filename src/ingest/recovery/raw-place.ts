import type { Bounds, SourceRecord } from '../../clients/kafka/port.ts';
import type { LaneDeps } from '../path/deps.ts';
import { OLDEST_ARRIVAL_MS } from '../path/judge.ts';

/**
 * The raw offset of the last of these clean records that the raw topic holds: id and timestamp are the same in both.
 *
 * Where several raw records are alike, the first of them, so that nothing is skipped. Undefined: none is there any more,
 * the topic was made anew, their timestamps were such as are not believed (`judge.ts`), or the events are none under the
 * definition of now.
 * @param tail the last of a clean partition, the oldest first, at least one
 */
export async function lastPlaceOf(
  deps: LaneDeps,
  tail: readonly SourceRecord[],
  { high }: Bounds,
  signal: AbortSignal,
): Promise<bigint | undefined> {
  const { partition, places, clients } = deps;
  const { judgeEvent } = deps.rules();
  const wanted = new Map(
    tail.map(({ key, timestamp, offset }) => [placeKey(key?.toString(), timestamp), offset]),
  );
  const times = new Set(tail.map(({ timestamp }) => timestamp));
  const last = tail.at(-1)?.offset;
  const oldestMs = tail.reduce((oldest, { timestamp }) => Math.min(oldest, Number(timestamp)), Infinity);
  const from = await clients.kafka.offsetAt(places.topics.raw, partition, oldestMs);
  let found: bigint | undefined;
  const look = (records: readonly SourceRecord[]) => {
    for (const { value, timestamp, offset } of records) {
      if (!times.has(timestamp)) continue;
      const verdict = judgeEvent(value);
      const key = placeKey(verdict.kind === 'clean' ? verdict.id : undefined, timestamp);
      const clean = wanted.get(key);
      if (clean === undefined) continue;
      found = BigInt(offset);
      wanted.delete(key);
      if (clean === last) return 'enough';
    }
    return undefined;
  };
  await clients.kafka.readRange({ topic: places.topics.raw, partition, from, to: high }, look, signal);
  return found;
}

function placeKey(id: string | undefined, timestamp: string): string {
  return `${timestamp} ${id ?? ''}`;
}

/**
 * The first raw record that may be within the window before the newest clean one; undefined where that is no proof.
 *
 * The raw record of the newest clean event lies at or after this place, so everything before it was processed. Without
 * a dedupe window this is no proof: records after it would be written a second time. Nor is it for an arrival at the age
 * limit: `judge` may have raised it from an older timestamp, and that record lies further back.
 */
export async function startOfWindow(
  { partition, places: { topics }, clients: { kafka }, limits: { dedupeMs } }: LaneDeps,
  newestMs: number,
  { low, high }: Bounds,
): Promise<bigint | undefined> {
  if (dedupeMs === 0 || newestMs <= Date.now() - OLDEST_ARRIVAL_MS) return undefined;
  const start = await kafka.offsetAt(topics.raw, partition, newestMs - dedupeMs);
  return start < high ? start : low;
}
