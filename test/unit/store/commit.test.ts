import { expect, test } from 'vitest';
import { addCounts, decodeCommit, encodeCommit } from '../../../src/store/commit.ts';

const counts = { raw: 2 ** 40, clean: 2 ** 39, dead: 3, duplicate: 4, filtered: 5 };

test('what a commit carries is read back as it was, far below the limit of 4,096 bytes', () => {
  const commit = { clean: 2n ** 62n, counts, countsFrom: 2n ** 61n, newestMs: 1_790_000_000_000 };
  const text = encodeCommit(commit);
  expect(decodeCommit(text)).toEqual(commit);
  expect(text.length).toBeLessThan(400);
});

test.each([undefined, '', 'anything', '{}', '{"v":2}', '{"v":1,"clean":"-1"}', '[]'])(
  'metadata that is not ours (%s) counts as none',
  (text) => {
    expect(decodeCommit(text)).toBeUndefined();
  },
);

test('counts add up field by field', () => {
  expect(addCounts(counts, { raw: 1, clean: 1, dead: 1, duplicate: 1, filtered: 1 })).toEqual({
    raw: 2 ** 40 + 1,
    clean: 2 ** 39 + 1,
    dead: 4,
    duplicate: 5,
    filtered: 6,
  });
});
