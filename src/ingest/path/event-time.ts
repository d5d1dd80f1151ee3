import { isObject } from './shape.ts';

const HOUR_MS = 3_600_000;
/** Hours kept in the cache of parsed times. */
const MAX_CACHED_HOURS = 10_000;

/** The hour (Unix ms) of an event that was judged clean once; undefined where it holds no instant in this field. */
export function hourOfEvent(value: Buffer | null, timeField: string): number | undefined {
  try {
    const event: unknown = JSON.parse(String(value));
    const time: unknown = isObject(event) ? Reflect.get(event, timeField) : undefined;
    const hourMs = typeof time === 'string' ? startOfHour(time) : NaN;
    return Number.isNaN(hourMs) ? undefined : hourMs;
  } catch {
    return undefined;
  }
}

function startOfHour(text: string): number {
  return Math.floor(Date.parse(text) / HOUR_MS) * HOUR_MS;
}

/** Parsing an instant costs as much as the rest of the check; most events of a while share their hour. */
export function hourCache(): (text: string) => number {
  const hours = new Map<string, number>();
  return (text) => {
    // Only for `2026-01-31T05…Z` does the prefix alone decide the hour.
    const prefix = text.endsWith('Z') ? text.slice(0, 13) : text;
    const known = hours.get(prefix);
    if (known !== undefined) return known;
    const hourMs = startOfHour(text);
    if (hours.size >= MAX_CACHED_HOURS) hours.clear();
    if (!Number.isNaN(hourMs)) hours.set(prefix, hourMs);
    return hourMs;
  };
}
