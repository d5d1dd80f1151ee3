import { isUtf8 } from 'node:buffer';
import type { StreamDefinition } from '../definition/definition.ts';
import { compileValidator } from '../definition/validator.ts';
import { messageOf } from '../errors.ts';

/** Why an event was set aside. The code is stable: dead letters are counted and searched by it. */
export interface Reason {
  code:
    | 'VALUE_MISSING'
    | 'TOO_LARGE'
    | 'UTF8_INVALID'
    | 'JSON_INVALID'
    | 'KEY_FORBIDDEN'
    | 'TOO_DEEP'
    | 'TOO_MANY_VALUES'
    | 'FIELD_INVALID'
    | 'ID_INVALID'
    | 'TIME_INVALID'
    | 'CHECK_FAILED';
  text: string;
}

/** What is to become of one raw event, before duplicates are looked at. */
export type Verdict =
  | { kind: 'clean'; id: string; /** Start of the hour of the event's time, Unix ms. */ hourMs: number }
  | { kind: 'dead'; reason: Reason };

/** Judges the bytes of one event. Never throws, whatever they hold. */
export type Transform = (value: Buffer | null) => Verdict;

/** Half of what Kafka takes by default: the rest is room for keys, headers and batches. */
const MAX_EVENT_BYTES = 524_288;
/** Druid's JSON parser gives up at 1,000; nobody means more than this. */
const MAX_DEPTH = 64;
const MAX_VALUES = 10_000;
/** Ids of a whole window are kept in memory. */
const MAX_ID_LENGTH = 1_024;
const HOUR_MS = 3_600_000;
/** Hours kept in the cache of parsed times. */
const MAX_CACHED_HOURS = 10_000;

/** Compiles a stream's definition. Events are judged only: what is forwarded is their original bytes. */
export function compileTransform(definition: StreamDefinition): Transform {
  const validate = compileValidator(definition.fields);
  const hourOf = hourCache();
  return (value) => {
    if (value === null) return dead('VALUE_MISSING', 'the record has no value');
    if (value.length > MAX_EVENT_BYTES) {
      return dead('TOO_LARGE', `${value.length} bytes received, at most ${MAX_EVENT_BYTES} are accepted`);
    }
    if (!isUtf8(value)) return dead('UTF8_INVALID', 'the value is not UTF-8');
    let event: unknown;
    try {
      event = JSON.parse(value.toString());
    } catch (error) {
      return dead('JSON_INVALID', messageOf(error));
    }
    const fault = faultOfShape(event);
    if (fault) return { kind: 'dead', reason: fault };
    try {
      const checked = validate(event);
      if (!checked.ok) return dead('FIELD_INVALID', checked.problems.join('; '));
      return judge(checked.value[definition.id], checked.value[definition.time], hourOf);
    } catch (error) {
      return dead('CHECK_FAILED', messageOf(error));
    }
  };
}

function judge(idValue: unknown, time: unknown, hourOf: (text: string) => number): Verdict {
  const id = typeof idValue === 'string' ? idValue : typeof idValue === 'number' ? String(idValue) : '';
  if (id === '') return dead('ID_INVALID', 'the id is missing or empty');
  if (id.length > MAX_ID_LENGTH)
    return dead('ID_INVALID', `the id has ${id.length} characters, at most ${MAX_ID_LENGTH} are accepted`);
  // The key in the clean topic is the id as UTF-8, where half a surrogate pair has no form of its own.
  if (LONE_SURROGATE.test(id)) return dead('ID_INVALID', 'the id holds half a surrogate pair');
  const hourMs = typeof time === 'string' ? hourOf(time) : NaN;
  if (Number.isNaN(hourMs)) return dead('TIME_INVALID', 'the time is missing or is no instant');
  return { kind: 'clean', id, hourMs };
}

const LONE_SURROGATE = /\p{Surrogate}/u;

function dead(code: Reason['code'], text: string): Verdict {
  return { kind: 'dead', reason: { code, text } };
}

/** Walks without recursion, so that no nesting can exhaust the stack. */
function faultOfShape(event: unknown): Reason | undefined {
  let level: object[] = isObject(event) ? [event] : [];
  let values = 0;
  for (let depth = 1; level.length > 0; depth++) {
    if (depth > MAX_DEPTH) return { code: 'TOO_DEEP', text: `nested deeper than ${MAX_DEPTH} levels` };
    const below: object[] = [];
    for (const holder of level) {
      for (const key in holder) {
        if (key === '__proto__') return { code: 'KEY_FORBIDDEN', text: "the key '__proto__' is refused" };
        if (++values > MAX_VALUES) return { code: 'TOO_MANY_VALUES', text: `more than ${MAX_VALUES} values` };
        const child: unknown = Reflect.get(holder, key);
        if (isObject(child)) below.push(child);
      }
    }
    level = below;
  }
  return undefined;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

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
function hourCache(): (text: string) => number {
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
