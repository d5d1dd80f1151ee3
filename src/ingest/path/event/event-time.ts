import { isObject } from './shape.ts';

/** Times kept in the cache of parsed ones: two weeks of minutes. */
const MAX_CACHED = 20_000;
/** `2026-01-31T05:10`. */
const TO_THE_MINUTE = 16;

/**
 * Where the bucket begins (Unix ms) that an event's time lies in, of an event that was judged clean once.
 * @returns undefined where it holds no instant in this field
 */
export function bucketOfEvent(value: Buffer | null, timeField: string, lengthMs: number): number | undefined {
  try {
    const event: unknown = JSON.parse(String(value));
    const time: unknown = isObject(event) ? Reflect.get(event, timeField) : undefined;
    const startMs = typeof time === 'string' ? startOf(time, lengthMs) : NaN;
    return Number.isNaN(startMs) ? undefined : startMs;
  } catch {
    return undefined;
  }
}

function startOf(text: string, lengthMs: number): number {
  return Math.floor(Date.parse(text) / lengthMs) * lengthMs;
}

/**
 * Finds where the bucket of an instant begins (Unix ms); NaN for what is none.
 *
 * Parsing an instant costs as much as the rest of the check; most events of a while share their minute.
 * @param lengthMs of the buckets, whole minutes
 */
export function bucketCache(lengthMs: number): (text: string) => number {
  const starts = new Map<string, number>();
  return (text) => {
    // Only for `2026-01-31T05:10…Z` does the prefix alone decide the minute.
    const prefix = text.endsWith('Z') ? text.slice(0, TO_THE_MINUTE) : text;
    const known = starts.get(prefix);
    if (known !== undefined) return known;
    const startMs = startOf(text, lengthMs);
    if (starts.size >= MAX_CACHED) starts.clear();
    if (!Number.isNaN(startMs)) starts.set(prefix, startMs);
    return startMs;
  };
}
