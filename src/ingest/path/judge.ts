import type { OutRecord, SourceRecord } from '../../clients/kafka/port.ts';
import { type Counts, NO_COUNTS } from '../../store/commit.ts';
import { deadLetter } from './event/dead-letter.ts';
import type { EventJudge } from './event/judge-event.ts';
import type { DedupeWindow } from './memory/dedupe.ts';
import { bytesOf } from './record-size.ts';

/** What one transaction writes: some raw records, judged. */
export interface Judged {
  /** How many raw records it covers. */
  taken: number;
  clean: CleanRecord[];
  dead: OutRecord[];
  counts: Counts;
  newestMs: number;
}

/** A clean record, and what is to be remembered of it once it is committed. */
export interface CleanRecord {
  record: OutRecord;
  id: string;
  arrivalMs: number;
  /** Where the bucket of the event's time begins, Unix ms. */
  bucketMs: number;
}

export interface JudgeInput {
  topic: string;
  partition: number;
  records: readonly SourceRecord[];
  /** Index of the first record to take. */
  from: number;
  judgeEvent: EventJudge;
  window: DedupeWindow;
  newestMs: number;
  nowMs: number;
}

const MAX_RECORDS = 2_000;
const MAX_BYTES = 4_000_000;
const NEVER = Number.NEGATIVE_INFINITY;
const DAY_MS = 86_400_000;
/** Retention counts from a clean record's timestamp: it must not be over before Druid has read the record. */
export const OLDEST_ARRIVAL_MS = 3 * DAY_MS;

/** Judges records until a transaction is full. Changes nothing: the window learns of them after the commit. */
export function judge(input: JudgeInput): Judged {
  const { records } = input;
  const judged: Judged = {
    taken: 0,
    clean: [],
    dead: [],
    counts: { ...NO_COUNTS },
    newestMs: input.newestMs,
  };
  const own = new Map<string, number>();
  let bytes = 0;
  for (let at = input.from; at < records.length && judged.taken < MAX_RECORDS && bytes < MAX_BYTES; at++) {
    const record = records[at];
    if (record === undefined) break;
    judged.taken++;
    bytes += bytesOf(record);
    judgeRecord(input, record, own, judged);
  }
  judged.counts.raw = judged.taken;
  judged.counts.clean = judged.clean.length;
  judged.counts.dead = judged.dead.length;
  return judged;
}

/** @param own the transaction's own ids with their arrivals: the window does not know them yet */
function judgeRecord(
  input: JudgeInput,
  record: SourceRecord,
  own: Map<string, number>,
  judged: Judged,
): void {
  const { topic, partition, judgeEvent, window } = input;
  const arrivalMs = arrivalOf(record, input.nowMs);
  judged.newestMs = Math.max(judged.newestMs, arrivalMs);
  const verdict = judgeEvent(record.value);
  if (verdict.kind === 'dead') {
    judged.dead.push(deadLetter(topic, partition, record, verdict.reason, arrivalMs));
    return;
  }
  const { id, bucketMs, value } = verdict;
  if (window.covers(own.get(id) ?? NEVER, judged.newestMs) || window.holds(id, judged.newestMs)) {
    judged.counts.duplicate++;
    return;
  }
  own.set(id, arrivalMs);
  judged.clean.push({ record: cleanRecord(id, partition, value, arrivalMs), id, arrivalMs, bucketMs });
}

/** The declared fields under the event's id. No headers: one alone is a tenth of what an event costs. */
function cleanRecord(id: string, partition: number, value: string, arrivalMs: number): OutRecord {
  return { key: id, value, timestamp: String(arrivalMs), partition };
}

/** When Kafka took the record, as far as its producer's clock can be believed. */
function arrivalOf(record: SourceRecord, nowMs: number): number {
  const timestamp = Number(record.timestamp);
  // -1: the record has none. A time in the future would be refused by the broker, and shift the window.
  if (timestamp < 0 || timestamp > nowMs) return nowMs;
  return Math.max(timestamp, nowMs - OLDEST_ARRIVAL_MS);
}
