import type { CleanBook } from '../books/clean.ts';
import type { CountedLoad, CountingColumn } from '../books/rollups.ts';
import { byInterval, type Counts } from '../event-time.ts';
import { noFindings, type Findings, type Total } from '../report.ts';

/** What a column's loads are held against. */
export interface RollupBooks {
  column: CountingColumn;
  clean: Pick<CleanBook, 'events' | 'arrived' | 'lows'>;
  /** Undefined: Druid could not be asked. */
  druid: Counts | undefined;
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
  const { column, clean, druid, exactFromMs } = books;
  const found = noFindings();
  const side = `${column.table}.${column.column}`;
  const total: Total = { book: side, expected: 0, found: 0 };
  const events = byInterval(clean.events, column.calendar);
  const rows = druid && byInterval(druid, column.calendar);
  const skipped = new Map<string, number>();
  for (const [startMs, load] of column.intervals) {
    const isWhole = exactFromMs === undefined || startMs >= exactFromMs;
    const verdict = judge(load, {
      why: skipOf(load, books),
      events: isWhole ? (events.get(startMs) ?? 0) : undefined,
      rows: rows && (rows.get(startMs) ?? 0),
      isLateKnown: isLateKnown(load, clean.lows),
    });
    const interval = { start: load.start, end: load.end };
    const command = `millrace backfill ${column.table} --from ${load.start} --to ${load.end} --reprocess all`;
    if (verdict.kind === 'skipped') {
      skipped.set(verdict.why, (skipped.get(verdict.why) ?? 0) + 1);
      continue;
    }
    total.expected = (total.expected ?? 0) + verdict.expected;
    total.found = (total.found ?? 0) + load.counted;
    if (verdict.kind === 'late')
      found.late.push({ table: column.table, interval, events: verdict.events, command });
    if (verdict.kind === 'differs')
      found.differences.push({
        side,
        interval,
        partition: null,
        expected: verdict.expected,
        found: load.counted,
        means: `${verdict.means} ${command}`,
      });
  }
  for (const [why, count] of skipped) found.notes.push(`${side}: ${count} intervals were ${why}`);
  return { ...found, total };
}

type Verdict =
  | { kind: 'skipped'; why: string }
  | { kind: 'same'; expected: number }
  | { kind: 'late'; expected: number; events: number | null }
  | { kind: 'differs'; expected: number; means: string };

interface Expected {
  /** Why this load cannot be compared. */
  why: string | undefined;
  /** Clean events of the interval; undefined: not all of them are there. */
  events: number | undefined;
  /** Druid's rows of the interval. */
  rows: number | undefined;
  /** Are all events that came after the load still in the clean topic? */
  isLateKnown: boolean;
}

function judge(load: CountedLoad, { why, events, rows, isLateKnown }: Expected): Verdict {
  if (why !== undefined) return { kind: 'skipped', why };
  const { counted, late, missed, lateSince } = load;
  const most = rows ?? events;
  if (most === undefined)
    return { kind: 'skipped', why: 'not compared: retention has removed their clean records' };
  const expected = most - late;
  const isAsDruid = rows !== undefined && counted <= rows - late && counted >= rows - late - lateSince;
  const isAsClean = events !== undefined && counted === events - late;
  if (!isAsDruid && !isAsClean) {
    if (!isLateKnown && counted < expected) return { kind: 'late', expected: counted, events: null };
    return {
      kind: 'differs',
      expected,
      means:
        counted < expected
          ? 'The table lacks events that its load had: rows were deleted or changed by hand, or the SQL leaves events out. To load it again:'
          : 'The table counts events that are not there: rows were added or changed by hand, the SQL counts some twice, or Druid has lost rows since. To load it again:',
    };
  }
  if (missed > 0)
    return {
      kind: 'differs',
      expected: counted + late,
      means: `It was loaded before some of its events came, and ${missed} of those had arrived before the load began: it did not wait for all of the raw topic. To load it again:`,
    };
  return late > 0 ? { kind: 'late', expected: counted, events: late } : { kind: 'same', expected: counted };
}

function skipOf(
  { coverage, dataHash }: CountedLoad,
  { column, cleanTopic }: RollupBooks,
): string | undefined {
  if (dataHash !== column.dataHash) return 'loaded from an earlier definition: not compared';
  const { incarnation } = coverage;
  return incarnation !== undefined && incarnation !== cleanTopic
    ? 'loaded from an earlier clean topic: not compared'
    : undefined;
}

function isLateKnown({ coverage }: CountedLoad, lows: ReadonlyMap<number, bigint>): boolean {
  return [...lows].every(([partition, low]) => BigInt(coverage.offsets[String(partition)] ?? 0) >= low);
}
