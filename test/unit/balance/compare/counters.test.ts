import { describe, expect, it } from 'vitest';
import { compareCounters } from '../../../../src/balance/compare/counters.ts';
import type { PartitionBooks } from '../../../../src/balance/books/partition.ts';
import type { CommitMetadata } from '../../../../src/store/commit.ts';

const COMMITTED: CommitMetadata = {
  clean: 20n,
  counts: { raw: 10, clean: 6, dead: 1, duplicate: 3, filtered: 0 },
  newestMs: 0,
};
const IDS = { count: 0, example: undefined, forgotten: 0 };
const BOOKS: PartitionBooks = {
  partition: 2,
  committed: { offset: 10n, metadata: COMMITTED },
  raw: { records: 10, isAtMost: false },
  clean: { records: 6, foreign: 0, end: 21n, isCut: false, odd: undefined, ids: IDS },
  dead: { letters: 1, foreign: 0, isCut: false },
};

const found = (changed: Partial<PartitionBooks>) => {
  const { differences } = compareCounters({ ...BOOKS, ...changed });
  return differences.map(({ side, partition, expected, found: present, means, remedy }) => ({
    numbers: [side, partition, expected, present],
    means,
    remedy,
  }));
};
const committed = (changed: Partial<CommitMetadata>) => ({
  committed: { offset: 10n, metadata: { ...COMMITTED, ...changed } },
});
const clean = (changed: Partial<PartitionBooks['clean']>) => ({ clean: { ...BOOKS.clean, ...changed } });

it('books that agree hold no difference', () => {
  expect(compareCounters(BOOKS)).toEqual({ differences: [], late: [], unknown: [], notes: [] });
});

const DIFFER: [string, Partial<PartitionBooks>, unknown[], RegExp][] = [
  [
    'counters that are no sum',
    committed({ counts: { ...COMMITTED.counts, duplicate: 2 } }),
    ['raw', 2, 9, 10],
    /not the sum/,
  ],
  [
    'a raw log that is shorter than what was counted',
    { raw: { records: 4, isAtMost: false } },
    ['raw', 2, 4, 10],
    /read twice, was made anew, or has lost its last records/,
  ],
  [
    'raw records that were passed over',
    { raw: { records: 12, isAtMost: false } },
    ['raw', 2, 12, 10],
    /passed over/,
  ],
  [
    'a clean topic that is shorter than our position',
    clean({ records: 4, end: 15n }),
    ['clean', 2, 6, 4],
    /ends at offset 15, and was written up to 20: it has lost its last records/,
  ],
  ['clean records that are gone', clean({ records: 5 }), ['clean', 2, 6, 5], /gone from the topic/],
  ['clean records that were written twice', clean({ records: 12 }), ['clean', 2, 6, 12], /written twice/],
  [
    'a clean record behind our last one',
    clean({ foreign: 1 }),
    ['clean', 2, 0, 1],
    /behind the last record .*\(offset 20\): somebody else writes/,
  ],
  [
    'an undeclared field',
    clean({ odd: { count: 3, offset: '7', what: "it holds the field 'x', which no definition declares" } }),
    ['clean', 2, 0, 3],
    /offset 7: it holds the field 'x'/,
  ],
  [
    'an id that stands twice',
    clean({ ids: { ...IDS, count: 1, example: { id: 'e1', first: '3', again: '9' } } }),
    ['clean', 2, 0, 1],
    /'e1' at offsets 3 and 9/,
  ],
  ['dead letters that are gone', { dead: { ...BOOKS.dead, letters: 0 } }, ['dead', 2, 1, 0], /gone/],
  [
    'dead letters that were written twice',
    { dead: { ...BOOKS.dead, letters: 2 } },
    ['dead', 2, 1, 2],
    /twice/,
  ],
  ['foreign dead letters', { dead: { ...BOOKS.dead, foreign: 2 } }, ['dead', 2, 0, 2], /without the headers/],
];

it.each(DIFFER)(
  '%s are one difference, with side, partition and both numbers',
  (_what, changed, numbers, means) => {
    expect(found(changed)).toMatchObject([{ numbers, means: expect.stringMatching(means) as string }]);
  },
);

describe('where retention has removed the beginning of a topic', () => {
  it('fewer records than were counted are no difference, and that is said', () => {
    const cut = {
      ...BOOKS,
      raw: { records: 15, isAtMost: true },
      clean: { ...BOOKS.clean, records: 2, isCut: true },
      dead: { letters: 0, foreign: 0, isCut: true },
    };
    const { differences, notes } = compareCounters(cut);
    expect(differences).toEqual([]);
    expect(notes).toHaveLength(3);
  });

  it('more records than were counted still are', () => {
    expect(found(clean({ records: 7, isCut: true }))).toMatchObject([{ numbers: ['clean', 2, 6, 7] }]);
  });
});

it('clean records of a partition whose position is lost are named with the remedy', () => {
  const lost = { ...clean({ records: 0, foreign: 6 }), committed: undefined, raw: undefined };
  const [difference] = found({ ...lost, dead: { letters: 0, foreign: 0, isCut: false } });
  expect(difference).toMatchObject({ numbers: ['clean', 2, 0, 6] });
  expect(difference?.remedy).toContain('rebuilds them when it starts');
});

it('of what happened once it is said that nothing mends it, apart from what it means', () => {
  const [difference] = found(clean({ records: 5 }));
  expect(difference?.means).toBe('Records are gone from the topic, or it was made anew.');
  expect(difference?.remedy).toBe('This is the size of a past accident. No reload removes it.');
});
