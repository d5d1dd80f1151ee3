import { countsOf } from '../../store/commits.ts';
import type { PartitionBooks } from '../books/partition.ts';
import type { Total } from '../report.ts';

/** The counters and the topics as a whole: what one says is expected of the other. @param lag raw records to come */
export function counterTotals(partitions: readonly PartitionBooks[], lag: number): Total[] {
  const counts = countsOf(partitions.flatMap(({ committed }) => committed ?? []));
  const present = (of: (books: PartitionBooks) => number) =>
    partitions.reduce((all, books) => all + of(books), 0);
  return [
    { book: 'raw', expected: present(({ raw }) => raw?.records ?? 0), found: counts.raw },
    { book: 'clean', expected: counts.clean, found: present(({ clean }) => clean.records + clean.foreign) },
    { book: 'dead', expected: counts.dead, found: present(({ dead }) => dead.letters + dead.foreign) },
    { book: 'duplicate', expected: null, found: counts.duplicate },
    { book: 'filtered', expected: null, found: counts.filtered },
    { book: 'not consumed yet', expected: null, found: lag },
  ];
}
