import { createHash } from 'node:crypto';
import type { OutRecord, SourceRecord } from '../../../clients/kafka/port.ts';
import type { Reason } from './reason.ts';

/** Largest value that a dead letter carries whole: with its headers it must fit the topic's limit (`targets/kafka/topics.ts`). */
export const MAX_DEAD_VALUE_BYTES = 1_048_576;
const MAX_KEY_BYTES = 65_536;
const MAX_REASON_LENGTH = 500;

/** The record for the dead-letter topic: the original bytes, and where and why in the headers. */
export function deadLetter(
  topic: string,
  partition: number,
  record: SourceRecord,
  reason: Reason,
  arrivalMs: number,
): OutRecord {
  const { key, value } = record;
  const isCut = value !== null && value.length > MAX_DEAD_VALUE_BYTES;
  const keyIsCut = key !== null && key.length > MAX_KEY_BYTES;
  return {
    key: keyIsCut ? null : key,
    value: isCut ? value.subarray(0, MAX_DEAD_VALUE_BYTES) : value,
    timestamp: String(arrivalMs),
    partition,
    headers: {
      topic,
      partition: String(partition),
      offset: record.offset,
      reason: reason.code,
      detail: reason.text.slice(0, MAX_REASON_LENGTH),
      sha256: createHash('sha256')
        .update(value ?? '')
        .digest('hex'),
      ...(isCut ? { cutFrom: String(value.length) } : {}),
      ...(keyIsCut ? { keyCutFrom: String(key.length) } : {}),
    },
  };
}
