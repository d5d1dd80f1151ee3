import type { Calendar } from '../../definition/definition.ts';
import type { CountingColumn } from '../books/rollups.ts';
import { sum } from '../event-time.ts';
import { exactFromOf } from '../exact-from.ts';
import type { Books } from '../read-books.ts';
import type { Findings, Total } from '../report.ts';
import { counterTotals } from '../totals.ts';
import { compareCounters } from './counters.ts';
import { compareDruid } from './druid.ts';
import { compareRollup } from './rollups.ts';

/** Compares what could be read, into the findings. @returns the totals of all books */
export function compareBooks(
  datasource: string,
  { topics, druid, partitions, columns, calendar }: Books & { columns: CountingColumn[]; calendar: Calendar },
  found: Findings,
): Total[] {
  const add = (more: Findings) => {
    for (const kind of ['differences', 'late', 'unknown', 'notes'] as const)
      found[kind].push(...(more[kind] as never[]));
  };
  for (const hidden of topics?.hidden ?? [])
    found.unknown.push(
      `${hidden}: a producer has a transaction open there, and what lies behind its first record cannot be read yet`,
    );
  const ofDruid = { book: datasource, expected: null, found: druid ? sum(druid) : null };
  // Without the second cut nobody knows what has arrived meanwhile.
  if (topics === undefined || partitions === undefined) return [ofDruid];
  for (const books of partitions) add(compareCounters(books));
  const { clean, cleanTopic } = topics;
  const exactFromMs = exactFromOf(clean);
  if (druid !== undefined) add(compareDruid({ clean, druid, datasource, calendar, exactFromMs }));
  const rollups = columns.map((column) => {
    const { total, ...findings } = compareRollup({ column, clean, druid, cleanTopic, exactFromMs });
    add(findings);
    return total;
  });
  const events = sum(clean.events) + sum(clean.arrived);
  return [...counterTotals(partitions, topics.lag), { ...ofDruid, expected: events }, ...rollups];
}
