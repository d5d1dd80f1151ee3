import type { SourceRecord } from '../../clients/kafka/port.ts';
import { cutTo } from '../../wording.ts';
import type { Audited } from '../deps.ts';
import { repeatedIds, type RepeatedIds } from './repeated-ids.ts';

/** Records that our writer would not have written. */
export interface Oddity {
  count: number;
  /** Of the first. */
  offset: string;
  what: string;
}

/** An event, as it stands in the clean topic. */
export interface CleanEvent {
  partition: number;
  offset: number;
  timeMs: number;
  arrivalMs: number;
}

/** On which side of the first cut an event stands: up to it, or between the cuts. */
export type CutSide = 'events' | 'arrived';

/** What stands in one clean partition. */
export interface CleanPartition {
  readonly ids: RepeatedIds;
  /** Of the first record that retention has left; undefined: it holds none. */
  readonly firstArrivalMs: number | undefined;
  /** The offset after the last record; 0 where there is none. */
  readonly next: bigint;
  readonly odd: Oddity | undefined;
  /** How many records lie before this offset, which lies not before `since`. */
  before(offset: bigint): number;
  /** Takes records in the order of their offsets. */
  note(records: readonly SourceRecord[]): void;
}

/**
 * Memory: the ids within the dedupe window, and an offset for each record from `since` on.
 * @param since where our consumer stood before the read began
 * @param onEvent hears of each record that is an event
 */
export function cleanPartition(
  audited: Audited,
  { partition, since, onEvent }: { partition: number; since: bigint; onEvent: (event: CleanEvent) => void },
): CleanPartition {
  const ids = repeatedIds(audited.windowMs);
  const offsetsSince: number[] = [];
  let [recordsBefore, next] = [0, 0n];
  let firstArrivalMs: number | undefined;
  let odd: Oddity | undefined;
  return {
    ids,
    get firstArrivalMs() {
      return firstArrivalMs;
    },
    get next() {
      return next;
    },
    get odd() {
      return odd;
    },
    before: (end) => recordsBefore + offsetsSince.filter((offset) => offset < end).length,
    note(records) {
      for (const { key, value, offset, timestamp } of records) {
        const arrivalMs = Number(timestamp);
        firstArrivalMs ??= arrivalMs;
        next = BigInt(offset) + 1n;
        if (next <= since) recordsBefore++;
        else offsetsSince.push(Number(offset));
        const { id, timeMs, fault } = readEvent(value, key, audited);
        if (fault !== undefined) {
          odd ??= { count: 0, offset, what: fault };
          odd.count++;
        }
        if (id !== undefined) ids.note(id, offset, arrivalMs);
        if (timeMs !== undefined) onEvent({ partition, offset: Number(offset), timeMs, arrivalMs });
      }
    },
  };
}

const MAX_NAME_LENGTH = 80;

interface ReadEvent {
  id?: string;
  timeMs?: number;
  fault?: string;
}

function readEvent(value: Buffer | null, key: Buffer | null, { stream, declared }: Audited): ReadEvent {
  let event: unknown;
  try {
    event = JSON.parse(String(value));
  } catch {
    return { fault: 'it is no JSON' };
  }
  if (typeof event !== 'object' || event === null || Array.isArray(event)) return { fault: 'it is no event' };
  const id = String(Reflect.get(event, stream.id));
  const timeMs = Date.parse(String(Reflect.get(event, stream.time)));
  if (Number.isNaN(timeMs)) return { id, fault: `its field '${stream.time}' holds no instant` };
  const undeclared = Object.keys(event).find((name) => !declared.has(name));
  if (undeclared !== undefined)
    return {
      id,
      timeMs,
      fault: `it holds the field '${cutTo(MAX_NAME_LENGTH, undeclared)}', which no definition declares`,
    };
  return key?.toString() === id ? { id, timeMs } : { id, timeMs, fault: 'its key is not its id' };
}
