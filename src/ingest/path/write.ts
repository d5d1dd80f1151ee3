import { isMillraceError } from '../../errors.ts';
import type { OutRecord, TransactionProducer } from '../../clients/kafka/port.ts';
import type { Judged } from './judge.ts';
import { bytesOf } from './record-size.ts';

/** Of one produce request. */
const MAX_SEND_RECORDS = 2_000;
/** Of one produce request, far below the broker's 1 MiB. A larger record goes alone. */
export const MAX_SEND_BYTES = 900_000;

/** Where the clean records of a transaction lie. */
export interface Written {
  /** Of each, in their order. */
  offsets: number[];
  /** The clean offset after the last of them; undefined where there is none. */
  next: bigint | undefined;
}

/**
 * Writes what was judged into the open transaction: clean events first, then dead letters.
 * @param maxSendBytes of one request
 */
export async function write(
  producer: TransactionProducer,
  topics: { clean: string; dead: string },
  { clean, dead }: Judged,
  maxSendBytes: number,
): Promise<Written> {
  const records = clean.map(({ record }) => record);
  const offsets = await sendAll(producer, topics.clean, records, maxSendBytes);
  await sendAll(producer, topics.dead, dead, maxSendBytes);
  const last = offsets.at(-1);
  return { offsets, next: last === undefined ? undefined : BigInt(last) + 1n };
}

/** Sends records of one partition in portions. @returns the offset of each */
async function sendAll(
  producer: TransactionProducer,
  topic: string,
  records: OutRecord[],
  maxBytes: number,
): Promise<number[]> {
  const offsets: number[] = [];
  for (let at = 0; at < records.length;) {
    const portion = portionOf(records, at, maxBytes);
    const base = await producer.send(topic, portion);
    portion.forEach((_record, index) => offsets.push(base + index));
    at += portion.length;
  }
  return offsets;
}

function portionOf(records: OutRecord[], from: number, maxBytes: number): OutRecord[] {
  let bytes = 0;
  let to = from;
  while (to < records.length && to - from < MAX_SEND_RECORDS) {
    const record = records[to];
    bytes += record === undefined ? 0 : bytesOf(record);
    if (to > from && bytes > maxBytes) break;
    to++;
  }
  return from === 0 && to === records.length ? records : records.slice(from, to);
}

/** Does a topic take smaller requests than we sent? Its limit was lowered by hand, or we count too few bytes. */
export function isTooLarge(error: unknown): boolean {
  const type = isMillraceError(error, 'KAFKA_REFUSED') ? error.context['type'] : undefined;
  return type === 'MESSAGE_TOO_LARGE' || type === 'RECORD_LIST_TOO_LARGE';
}
