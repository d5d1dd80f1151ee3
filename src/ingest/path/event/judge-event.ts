import { isUtf8 } from 'node:buffer';
import type { StreamDefinition } from '../../../definition/definition.ts';
import { jsonParser } from '../../../definition/exact-json.ts';
import { needExactNumbers } from '../../../definition/field-types/index.ts';
import { compileValidator } from '../../../definition/validator.ts';
import { messageOf } from '../../../errors.ts';
import { compileCleanValue } from './clean-value.ts';
import { bucketCache } from './event-time.ts';
import type { Reason } from './reason.ts';
import { faultOfShape } from './shape.ts';

/** What is to become of one raw event, before duplicates are looked at. */
export type Verdict =
  | {
      kind: 'clean';
      id: string;
      /** Where the bucket of the event's time begins, Unix ms. */
      bucketMs: number;
      /** What is written to the clean topic. */
      value: string;
    }
  | { kind: 'dead'; reason: Reason };

/** Judges the bytes of one event. Never throws, whatever they hold. */
export type EventJudge = (value: Buffer | null) => Verdict;

/** Half of what Kafka takes by default: the rest is room for keys, headers and batches. */
const MAX_EVENT_BYTES = 524_288;
/** Ids of a whole window are kept in memory. */
const MAX_ID_LENGTH = 1_024;

/**
 * Compiles a stream's definition into the judge of its events.
 * @param bucketLengthMs of the marks, whole minutes
 */
export function compileEventJudge(definition: StreamDefinition, bucketLengthMs: number): EventJudge {
  const validate = compileValidator(definition.fields);
  const parse = jsonParser(needExactNumbers(definition.fields));
  const judgeFields = compileFieldsJudge(definition, bucketLengthMs);
  return (value) => {
    if (value === null) return dead('VALUE_MISSING', 'the record has no value');
    if (value.length > MAX_EVENT_BYTES) {
      return dead('TOO_LARGE', `${value.length} bytes received, at most ${MAX_EVENT_BYTES} are accepted`);
    }
    if (!isUtf8(value)) return dead('UTF8_INVALID', 'the value is not UTF-8');
    let event: unknown;
    try {
      event = parse(value.toString());
    } catch (error) {
      return dead('JSON_INVALID', messageOf(error));
    }
    const fault = faultOfShape(event);
    if (fault) return { kind: 'dead', reason: fault };
    try {
      const checked = validate(event);
      if (!checked.ok) return dead('FIELD_INVALID', checked.problems.join('; '));
      return judgeFields(checked.value);
    } catch (error) {
      return dead('CHECK_FAILED', messageOf(error));
    }
  };
}

function compileFieldsJudge(
  definition: StreamDefinition,
  bucketLengthMs: number,
): (event: Readonly<Record<string, unknown>>) => Verdict {
  const bucketOf = bucketCache(bucketLengthMs);
  const write = compileCleanValue(definition);
  return (event) => {
    const idValue = event[definition.id];
    const time = event[definition.time];
    const id = typeof idValue === 'string' ? idValue : typeof idValue === 'number' ? String(idValue) : '';
    if (id === '') return dead('ID_INVALID', 'the id is missing or empty');
    if (id.length > MAX_ID_LENGTH)
      return dead('ID_INVALID', `the id has ${id.length} characters, at most ${MAX_ID_LENGTH} are accepted`);
    // The key in the clean topic is the id as UTF-8, where half a surrogate pair has no form of its own.
    if (LONE_SURROGATE.test(id)) return dead('ID_INVALID', 'the id holds half a surrogate pair');
    const bucketMs = typeof time === 'string' ? bucketOf(time) : NaN;
    if (Number.isNaN(bucketMs)) return dead('TIME_INVALID', 'the time is missing or is no instant');
    return { kind: 'clean', id, bucketMs, value: write(event) };
  };
}

const LONE_SURROGATE = /\p{Surrogate}/u;

function dead(code: Reason['code'], text: string): Verdict {
  return { kind: 'dead', reason: { code, text } };
}
