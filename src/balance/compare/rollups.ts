import type { CleanBook } from '../books/clean.ts';
import type { CountedLoad, CountingColumn } from '../books/rollups.ts';
import { byInterval, type CountsByTime } from '../event-time.ts';
import { noFindings, type Findings, type Total } from '../report.ts';

/** What a column's loads are held against. */
export interface RollupBooks {
  column: CountingColumn;
  clean: Pick<CleanBook, 'events' | 'arrived' | 'lows'>;
  /** Undefined: Druid could not be asked. */
  druid: CountsByTime | undefined;
  /** Kafka's id of the clean topic as it is now. */
  cleanTopic: string | undefined;
  /** Unix ms: retention has removed clean records of events before; absent: none. */
  exactFromMs?: number | undefined;
}

/**
 * Holds the sums of a counting column against the stream, load by load: an interval must hold the events that its load
 * has covered, no more and no less. What came later than the load is late, which is no fault; unless it had arrived
 * before the load began.
 *
 * A sum that agrees with either Druid or the clean topic is right: where those two differ, that is Druid's difference.
 */
export function compareRollup(books: RollupBooks): Findings & { total: Total } {
  const { column, clean, druid } = books;
  const found = noFindings();
  const side = `${column.table}.${column.column}`;
  const total = { book: side, expected: 0, found: 0 };
  const events = byInterval(clean.events, column.calendar);
  const rows = druid && byInterval(druid, column.calendar);
  const skipped = new Map<string, number>();
  for (const [startMs, load] of column.intervals) {
    const expected = expectedOf(startMs, load, books, { events, rows });
    if (typeof expected === 'string') {
      skipped.set(expected, (skipped.get(expected) ?? 0) + 1);
      continue;
    }
    const verdict = judge(load, expected);
    total.expected += verdict.expected;
    total.found += load.counted;
    const interval = { start: load.start, end: load.end };
    const command = `npx millrace backfill ${column.table} --from ${load.start} --to ${load.end} --reprocess all`;
    if (verdict.kind === 'late')
      found.late.push({ table: column.table, interval, events: verdict.events, command });
    if (verdict.kind === 'differs')
      found.differences.push({
        side,
        interval,
        partition: null,
        expected: verdict.expected,
        found: load.counted,
        means: verdict.means,
        command,
      });
  }
  for (const [why, count] of skipped)
    found.notes.push(`${side}: ${count} intervals were ${why}: not compared`);
  return { ...found, total };
}

/** What an interval is held against. */
interface Expected {
  /** Clean events; undefined: not all of them are there. */
  events: number | undefined;
  /** Druid's rows; undefined: it could not be asked. */
  rows: number | undefined;
  /** The one that counts where both are there: Druid was what the load asked. */
  there: number;
  /** Are all events that came after the load still in the clean topic? */
  isLateKnown: boolean;
}

/** @returns a text: why the load cannot be compared, as what it was */
function expectedOf(
  startMs: number,
  { coverage, dataHash }: CountedLoad,
  { column, clean, cleanTopic, exactFromMs }: RollupBooks,
  counts: { events: CountsByTime; rows: CountsByTime | undefined },
): Expected | string {
  const { incarnation } = coverage;
  if (dataHash !== column.dataHash) return 'loaded from an earlier definition';
  if (incarnation !== undefined && incarnation !== cleanTopic) return 'loaded from an earlier clean topic';
  const isWhole = exactFromMs === undefined || startMs >= exactFromMs;
  const events = isWhole ? (counts.events.get(startMs) ?? 0) : undefined;
  const rows = counts.rows && (counts.rows.get(startMs) ?? 0);
  const there = rows ?? events;
  if (there === undefined) return 'without their clean records, which retention has removed';
  const isLateKnown = [...clean.lows].every(
    ([partition, low]) => BigInt(coverage.offsets[String(partition)] ?? 0) >= low,
  );
  return { events, rows, there, isLateKnown };
}

type Verdict =
  | { kind: 'same'; expected: number }
  | { kind: 'late'; expected: number; events: number }
  | { kind: 'differs'; expected: number; means: string };

function judge(load: CountedLoad, { events, rows, there, isLateKnown }: Expected): Verdict {
  const { counted, late, missed, perhapsRead, lateSince } = load;
  const expected = there - late;
  const isBetween = (least: number, most: number) => counted >= least && counted <= most + perhapsRead;
  const isAsDruid = rows !== undefined && isBetween(rows - late - lateSince, rows - late);
  const isAsClean = events !== undefined && isBetween(events - late, events - late);
  if (!isAsDruid && !isAsClean) {
    const lacks = isLateKnown ? LACKS : LACKS_OR_IS_LATE;
    return { kind: 'differs', expected, means: counted < expected ? lacks : HAS_MORE };
  }
  if (missed > 0)
    return {
      kind: 'differs',
      expected: counted + late,
      means: `It was loaded before some of its events came, and ${missed} of those had arrived before the load began: it did not wait for all of the raw topic.`,
    };
  // What came while the load asked Druid is late only where it was not in the answer.
  const lacking = late - Math.max(0, counted - expected);
  return lacking > 0
    ? { kind: 'late', expected: counted, events: lacking }
    : { kind: 'same', expected: counted };
}

const LACKS =
  'The table lacks events that its load had: rows were deleted or changed by hand, or the SQL leaves events out.';
const LACKS_OR_IS_LATE =
  'The table lacks events that Druid has. They came after its load, or rows were deleted or changed by hand: retention has removed the records that would tell. Loading it again mends either.';
const HAS_MORE =
  'The table counts events that are not there: rows were added or changed by hand, the SQL counts some twice, or Druid has lost rows since.';
