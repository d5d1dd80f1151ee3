import type { Calendar } from '../../definition/definition.ts';
import type { CountingColumn } from '../books/rollups.ts';
import { sum } from '../event-time.ts';
import { exactFromOf } from '../exact-from.ts';
import type { Books } from '../read-books.ts';
import { merged, noFindings, type Findings, type Total } from '../report.ts';
import { compareCounters } from './counters.ts';
import { compareDruid } from './druid.ts';
import { compareRollup } from './rollups.ts';
import { counterTotals } from './totals.ts';

interface Read extends Omit<Books, 'unknown'> {
  columns: CountingColumn[];
  calendar: Calendar;
}

/** Compares what could be read, and adds up each book. */
export function compareBooks(
  datasource: string,
  { topics, druid, columns, calendar }: Read,
): Findings & { totals: Total[] } {
  const ofDruid = { book: datasource, expected: null, found: druid ? sum(druid) : null };
  if (topics === undefined) return { ...noFindings(), totals: [ofDruid] };
  const { clean, cleanTopic, partitions, lag } = topics;
  const exactFromMs = exactFromOf(clean);
  const rollups = columns.map((column) => compareRollup({ column, clean, druid, cleanTopic, exactFromMs }));
  const found = merged([
    ...partitions.map(compareCounters),
    ...(druid === undefined ? [] : [compareDruid({ clean, druid, datasource, calendar, exactFromMs })]),
    ...rollups,
  ]);
  const events = sum(clean.events) + sum(clean.arrived);
  return {
    ...found,
    totals: [
      ...counterTotals(partitions, lag),
      { ...ofDruid, expected: events },
      ...rollups.map(({ total }) => total),
    ],
  };
}
