import { expect, it } from 'vitest';
import type { OwnCommit } from '../../../../src/store/commits.ts';
import { rawBook } from '../../../../src/balance/books/raw.ts';
import type { KafkaClient, SourceRecord } from '../../../../src/clients/kafka/port.ts';
import { NO_COUNTS } from '../../../../src/store/commit.ts';

/** A raw topic with these many records before each end. */
const kafka = (records: number): Pick<KafkaClient, 'readRange'> => ({
  readRange: async (_range, onRecords) =>
    void onRecords(Array.from({ length: records }, () => ({ offset: '0' }) as SourceRecord)),
});
const unread: Pick<KafkaClient, 'readRange'> = {
  readRange: () => Promise.reject(new Error('it was not to be read')),
};

const book = (
  by: Pick<KafkaClient, 'readRange'>,
  position: bigint,
  raw: number,
  { low = 0n, countsFrom }: { low?: bigint; countsFrom?: bigint } = {},
) => {
  const known = countsFrom === undefined ? {} : { countsFrom };
  const metadata = { clean: 0n, counts: { ...NO_COUNTS, raw }, ...known, newestMs: 0 };
  const commit: OwnCommit = { offset: position, metadata };
  const deps = { kafka: by as KafkaClient, progress: () => undefined };
  return rawBook(deps, { topic: 'raw', partition: 0 }, { low, high: 100n }, commit);
};

it('where every offset is a record, nothing is read', async () => {
  expect(await book(unread, 10n, 10)).toEqual({ records: 10, isAtMost: false });
  expect(await book(unread, 10n, 10, { low: 5n })).toEqual({ records: 10, isAtMost: false });
});

it('where fewer were counted than there are offsets, the records are counted', async () => {
  expect(await book(kafka(8), 10n, 8)).toEqual({ records: 8, isAtMost: false });
});

it('where retention has removed some of those, there were at most as many as offsets', async () => {
  expect(await book(unread, 10n, 8, { low: 5n })).toEqual({ records: 10, isAtMost: true });
});

it('where more were counted than there are offsets, that shows without a read', async () => {
  expect(await book(unread, 4n, 10)).toEqual({ records: 4, isAtMost: false });
});

it('only what lies behind the offset at which the counters began counts', async () => {
  expect(await book(unread, 30n, 10, { countsFrom: 20n })).toEqual({ records: 10, isAtMost: false });
  expect(await book(kafka(8), 30n, 8, { countsFrom: 20n })).toEqual({ records: 8, isAtMost: false });
});

it('what retention removed before the counters began matters nothing', async () => {
  expect(await book(kafka(8), 30n, 8, { low: 20n, countsFrom: 20n })).toEqual({
    records: 8,
    isAtMost: false,
  });
});
