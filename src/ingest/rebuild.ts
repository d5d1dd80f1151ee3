import { type CommitMetadata, NO_COUNTS } from '../store/commit.ts';
import type { Bounds } from '../clients/kafka/port.ts';
import type { SourceRecord } from '../clients/kafka/port.ts';
import { OLDEST_ARRIVAL_MS } from './chunk.ts';
import type { LaneDeps, Rebuilt } from './deps.ts';

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
 * Without any record left: were there some, that retention has removed? Then 0 would tell a load that the stream never
 * had an event, and its good rows would be replaced by none. 1 says that it had; more could not be waited for, because
 * what is gone Druid has read, or never will. Nothing removed: dead letters alone, or what was aborted.
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

/**
 * The raw offset of a clean record: its bytes and its timestamp are the same in both topics.
 *
 * Where several are alike, the first of them, so that nothing is skipped. Undefined: it is not there any more, the
 * topic was made anew, or its timestamp was one that is not believed (`chunk.ts`).
 */
async function offsetOf(
  deps: LaneDeps,
  { value, timestamp }: SourceRecord,
  { high }: Bounds,
  signal: AbortSignal,
): Promise<bigint | undefined> {
  const { kafka, topics, partition } = deps;
  if (value === null) return undefined;
  const from = await kafka.offsetAt(topics.raw, partition, Number(timestamp));
  const range = { topic: topics.raw, partition, from, to: high };
  let found: bigint | undefined;
  await kafka.readRange(
    range,
    (records) => {
      if (found !== undefined) return 'enough';
      const same = records.find((record) => record.timestamp === timestamp && record.value?.equals(value));
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
 * The raw record of the newest clean one is not older, whatever the order of timestamps, so it lies at or after this
 * place: what comes before was processed. Without a window, processed records after it would be written again. And
 * an arrival so old may have been put forward from an older timestamp, whose record then lies before this place.
 */
async function startOfWindow(
  { kafka, topics, partition, dedupeMs }: LaneDeps,
  newestMs: number,
  { low, high }: Bounds,
): Promise<bigint | undefined> {
  if (dedupeMs === 0 || newestMs <= Date.now() - OLDEST_ARRIVAL_MS) return undefined;
  const start = await kafka.offsetAt(topics.raw, partition, newestMs - dedupeMs);
  return start < high ? start : low;
}
