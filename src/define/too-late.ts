import { intervalsBetween, lastEndBy } from '../definition/calendar.ts';
import {
  isTable,
  readsOf,
  type Definition,
  type PullDefinition,
  type TableDefinition,
} from '../definition/definition.ts';
import type { Problem } from './declared.ts';
import { durationText } from './duration.ts';

/** How long a run waits for the tables that it reads (`moves` in `workflows/calls.ts`). */
const LONGEST_WAIT_MS = 3_600_000;

/** A week and a day in which no clock changes: what is due when repeats itself within it. */
const SAMPLE = { from: '2026-01-05T00:00:00Z', to: '2026-01-13T00:00:00Z' };
const SAMPLED_INTERVALS = 2_000;

/**
 * The mistake of a pull that asks for each row of a table which is due much later: its runs would wait, and fail. Of the
 * tables that it reads, also by way of views, the one that is latest is named.
 */
export function readsTooLate(pull: PullDefinition, all: ReadonlyMap<string, Definition>): Problem[] {
  const late = tablesRead(readsOf(pull.forEach ?? []), all)
    .map((table) => ({ table, ...latest(pull, table) }))
    .toSorted((a, b) => b.lateMs - a.lateMs)[0];
  if (late === undefined || late.lateMs <= LONGEST_WAIT_MS) return [];
  const { table, lateMs, until } = late;
  const offset = durationText(pull.offsetMs + lateMs);
  return [
    {
      path: 'forEach',
      text: `reads '${table.name}', whose rows up to such as ${until} are due ${durationText(lateMs)} after this pull, and it waits ${durationText(LONGEST_WAIT_MS)} for them; give it offset: '${offset}' or more.`,
    },
  ];
}

/** By how much the table is due later than an interval of the pull that needs it, at most; and up to when it is needed then. */
function latest(pull: PullDefinition, table: TableDefinition): { lateMs: number; until: string } {
  let found = { lateMs: 0, until: '' };
  let sampled = 0;
  for (const { end } of intervalsBetween(pull.calendar, SAMPLE.from, SAMPLE.to)) {
    const until = lastEndBy(table.calendar, end);
    const lateMs = Date.parse(until) + table.offsetMs - Date.parse(end) - pull.offsetMs;
    if (lateMs > found.lateMs) found = { lateMs, until };
    if (++sampled === SAMPLED_INTERVALS) break;
  }
  return found;
}

function tablesRead(
  names: readonly string[],
  all: ReadonlyMap<string, Definition>,
  depth = 0,
): TableDefinition[] {
  return names.flatMap((name) => {
    const read = all.get(name);
    if (read === undefined) return [];
    if (isTable(read)) return [read];
    // Views in a circle are a mistake of their own.
    return read.kind === 'view' && depth < all.size ? tablesRead(readsOf(read.sql), all, depth + 1) : [];
  });
}
