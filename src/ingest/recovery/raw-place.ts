import type { Bounds, SourceRecord } from '../../clients/kafka/port.ts';
import type { LaneDeps } from '../path/deps.ts';
import { OLDEST_ARRIVAL_MS } from '../path/judge.ts';

/**
 * The raw offset of a clean record: its id and its timestamp are the same in both topics.
 *
 * Where several are alike, the first of them, so that nothing is skipped. Undefined: it is not there any more, the
 * topic was made anew, its timestamp was one that is not believed (`judge.ts`), or the event is none under the
 * definition of now.
 */
export async function offsetOf(
  deps: LaneDeps,
  { key, timestamp }: SourceRecord,
  { high }: Bounds,
  signal: AbortSignal,
): Promise<bigint | undefined> {
  const { partition, places, clients } = deps;
  const { kafka } = clients;
  const id = key?.toString();
  const { judgeEvent } = deps.rules();
  const isSame = (record: SourceRecord) => {
    if (record.timestamp !== timestamp) return false;
    const verdict = judgeEvent(record.value);
    return verdict.kind === 'clean' && verdict.id === id;
  };
  const from = await kafka.offsetAt(places.topics.raw, partition, Number(timestamp));
  const range = { topic: places.topics.raw, partition, from, to: high };
  let found: bigint | undefined;
  await kafka.readRange(
    range,
    (records) => {
      if (found !== undefined) return 'enough';
      const same = records.find(isSame);
      if (same === undefined) return;
      found = BigInt(same.offset);
      return 'enough';
    },
    signal,
  );
  return found;
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
