import { expect, test } from 'vitest';
import { namesFor } from '../../../src/names.ts';
import { encodeCommit } from '../../../src/store/commit.ts';
import { commitsOf, countsOf } from '../../../src/store/commits.ts';

const commit = (raw: number) =>
  encodeCommit({
    clean: 1n,
    counts: { raw, clean: raw - 1, dead: 1, duplicate: 0, filtered: 0 },
    newestMs: 0,
  });

test('what became of the raw records is added up over the partitions; one whose metadata is lost adds nothing', async () => {
  const kafka = {
    committed: async () =>
      new Map([
        [0, { offset: 3n, metadata: commit(3) }],
        [1, { offset: 5n, metadata: 'of somebody else' }],
        [2, { offset: 7n, metadata: commit(7) }],
      ]),
  };
  const commits = await commitsOf({ kafka, names: namesFor('test') }, { name: 'orders' });
  expect([...commits].map(([partition, { offset }]) => [partition, offset])).toEqual([
    [0, 3n],
    [1, 5n],
    [2, 7n],
  ]);
  expect(countsOf(commits.values())).toEqual({ raw: 10, clean: 8, dead: 2, duplicate: 0, filtered: 0 });
  expect(countsOf([])).toEqual({ raw: 0, clean: 0, dead: 0, duplicate: 0, filtered: 0 });
});
