import type { OutRecord, TransactionProducer } from '../../clients/kafka/port.ts';
import { type Judged, sizeOf } from './judge.ts';

/** Limits of one produce request, far below the broker's 1 MiB. Some clients group its records in quadratic time. */
const MAX_SEND_RECORDS = 500;
const MAX_SEND_BYTES = 900_000;

/** Where the clean records of a transaction lie. */
export interface Written {
  /** Of each, in their order. */
  offsets: number[];
  /** The clean offset after the last of them; undefined where there is none. */
  next: bigint | undefined;
}

/** Writes what was judged into the open transaction: clean events first, then dead letters. */
export async function write(
  producer: TransactionProducer,
  topics: { clean: string; dead: string },
  { clean, dead }: Judged,
): Promise<Written> {
  const records = clean.map(({ record }) => record);
  const offsets = await sendAll(producer, topics.clean, records);
  await sendAll(producer, topics.dead, dead);
  const last = offsets.at(-1);
  return { offsets, next: last === undefined ? undefined : BigInt(last) + 1n };
}

/** Sends records of one partition in portions. @returns the offset of each */
async function sendAll(
  producer: TransactionProducer,
  topic: string,
  records: OutRecord[],
): Promise<number[]> {
  const offsets: number[] = [];
  for (let at = 0; at < records.length;) {
    const portion = portionOf(records, at);
    const base = await producer.send(topic, portion);
    portion.forEach((_record, index) => offsets.push(base + index));
    at += portion.length;
  }
  return offsets;
}

function portionOf(records: OutRecord[], from: number): OutRecord[] {
  let bytes = 0;
  let to = from;
  while (to < records.length && to - from < MAX_SEND_RECORDS) {
    const record = records[to];
    bytes += record === undefined ? 0 : sizeOf(record);
    if (to > from && bytes > MAX_SEND_BYTES) break;
    to++;
  }
  return from === 0 && to === records.length ? records : records.slice(from, to);
}
