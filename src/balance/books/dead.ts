import type { Bounds, SourceRecord } from '../../clients/kafka/port.ts';
import type { BalanceDeps } from '../deps.ts';

/** What stands in one partition of the dead-letter topic. */
export interface DeadBook {
  /** Dead letters of raw records before our position. */
  letters: number;
  /** Records that are no dead letters of ours: without the raw offset in their headers. */
  foreign: number;
  /** Retention has removed some. */
  isCut: boolean;
}

/** Counts the dead letters of one raw partition. @param position the raw offset up to which they count */
export async function deadBook(
  { kafka }: Pick<BalanceDeps, 'kafka'>,
  { topic, partition }: { topic: string; partition: number },
  { low, high }: Bounds,
  position: bigint,
): Promise<DeadBook> {
  const book: DeadBook = { letters: 0, foreign: 0, isCut: low > 0n };
  await kafka.readRange({ topic, partition, from: low, to: high }, (records) => {
    for (const record of records) {
      const offset = rawOffset(record);
      if (offset === undefined) book.foreign++;
      else if (offset < position) book.letters++;
    }
  });
  return book;
}

function rawOffset({ headers }: SourceRecord): bigint | undefined {
  const text = String(headers?.['offset'] ?? '');
  return /^\d{1,19}$/.test(text) ? BigInt(text) : undefined;
}
