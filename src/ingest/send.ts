import type { TransactionProducer, OutRecord } from '../clients/kafka/port.ts';
import { sizeOf } from './chunk.ts';

/** Limits of one produce request, far below the broker's 1 MiB; kafkajs groups records in quadratic time. */
const MAX_SEND_RECORDS = 500;
const MAX_SEND_BYTES = 900_000;

/** Sends records of one partition in portions and returns the offset of each. */
export async function sendAll(
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
