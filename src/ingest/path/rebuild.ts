import { type CommitMetadata, NO_COUNTS } from '../../store/commit.ts';
import type { Bounds, SourceRecord } from '../../clients/kafka/port.ts';
import type { LaneDeps, Rebuilt } from './deps.ts';
import { offsetOf, startOfWindow } from './raw-place.ts';

/**
 * Finds out from the clean topic how far a lane had come, where the group's offsets are gone: expired (Kafka drops
 * them some days after the last member has left), deleted together with the raw topic, or reset by hand.
 *
 * @returns undefined where this lane never wrote anything
 */
export async function rebuild(deps: LaneDeps, signal: AbortSignal): Promise<Rebuilt | undefined> {
  const { kafka, partition, topics } = deps;
  const [raw, clean, dead] = await Promise.all([
    kafka.boundsAt(topics.raw, partition),
    kafka.boundsAt(topics.clean, partition),
    kafka.boundsAt(topics.dead, partition),
  ]);
  if (clean.high === 0n && dead.high === 0n) return undefined;
  const tail = await tailOf(deps, clean, signal);
  const last = tail.at(-1);
  if (last === undefined)
    return { position: raw.low, state: reached(hadEvents(clean) ? 1n : 0n, 0), by: 'start' };
  const newestMs = tail.reduce((newest, { timestamp }) => Math.max(newest, Number(timestamp)), 0);
  const state = reached(BigInt(last.offset) + 1n, newestMs);
  const found = await offsetOf(deps, last, raw, signal);
  if (found !== undefined) return { position: found + 1n, state, by: 'record' };
  const begin = await startOfWindow(deps, newestMs, raw);
  return begin === undefined
    ? { position: raw.low, state, by: 'start' }
    : { position: begin, state, by: 'time' };
}

/** Records looked at for the newest arrival: more than one, because producers' clocks disagree. */
const TAIL_RECORDS = 1_000;
const TAIL_STEP = 2_000n;
const TAIL_GROWTH = 16n;

function reached(clean: bigint, newestMs: number): CommitMetadata {
  return { clean, counts: { ...NO_COUNTS }, newestMs };
}

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
  const { kafka, topics, partition } = deps;
  let tail: SourceRecord[] = [];
  for (let back = TAIL_STEP; ; back *= TAIL_GROWTH) {
    const from = high - back > low ? high - back : low;
    const range = { topic: topics.clean, partition, from, to: high };
    await kafka.readRange(
      range,
      (records) => void (tail = [...tail, ...records].slice(-TAIL_RECORDS)),
      signal,
    );
    if (tail.length > 0 || from === low) return tail;
  }
}
