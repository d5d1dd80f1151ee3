import type { Bounds, SourceRecord } from '../../clients/kafka/port.ts';
import type { LaneDeps } from '../path/deps.ts';

/** How far a clean partition has been written. */
export interface CleanEnd {
  /** Its last records, the oldest first; empty: it holds none now. */
  tail: readonly SourceRecord[];
  /** The offset after the last record; of an empty partition 1 where it held one once, else 0. */
  next: bigint;
  /** The newest arrival among its last records, Unix ms; 0 without any. */
  newestMs: number;
}

/** Reads how far a clean partition has been written from its end. */
export async function cleanEndOf(deps: LaneDeps, clean: Bounds, signal: AbortSignal): Promise<CleanEnd> {
  const tail = await tailOf(deps, clean, signal);
  const last = tail.at(-1);
  if (last === undefined) return { tail, next: hadEvents(clean) ? 1n : 0n, newestMs: 0 };
  const newestMs = tail.reduce((newest, { timestamp }) => Math.max(newest, Number(timestamp)), 0);
  return { tail, next: BigInt(last.offset) + 1n, newestMs };
}

/**
 * Records looked at for the newest arrival, because producers' clocks disagree, and for those that the raw topic still
 * holds, because it may have lost its own last ones.
 */
const TAIL_RECORDS = 1_000;
const TAIL_STEP = 2_000n;
const TAIL_GROWTH = 16n;

/**
 * Did a clean partition that holds no record now ever hold one, which retention has removed? A position of 0 would tell
 * a load that the stream never had an event, and the load would replace good rows by none. So the position is 1: there
 * was an event. A load need not wait for more, because Druid has read what was removed, or never will.
 *
 * Where retention has removed nothing, there were dead letters alone, or records of aborted transactions.
 */
function hadEvents(clean: Bounds): boolean {
  return clean.low > 0n;
}

/** The last clean records. How far back they lie is not known: offsets are also used up by what was aborted. */
async function tailOf(deps: LaneDeps, { low, high }: Bounds, signal: AbortSignal): Promise<SourceRecord[]> {
  const { partition, places, clients } = deps;
  let tail: SourceRecord[] = [];
  for (let back = TAIL_STEP; ; back *= TAIL_GROWTH) {
    const from = high - back > low ? high - back : low;
    const range = { topic: places.topics.clean, partition, from, to: high };
    await clients.kafka.readRange(
      range,
      (records) => void (tail = [...tail, ...records].slice(-TAIL_RECORDS)),
      signal,
    );
    if (tail.length > 0 || from === low) return tail;
  }
}
