import {
  readsOf,
  type Calendar,
  type Definition,
  type RollupDefinition,
  type StreamDefinition,
} from '../../definition/definition.ts';
import type { Applied } from '../../store/catalogue.ts';
import { countedIntervals, type CountedInterval } from '../../store/counted.ts';
import type { BalanceDeps } from '../deps.ts';
import { intervalAt, type Grid } from '../event-time.ts';
import type { CleanEvent, CutSide } from './clean-partition.ts';

/** A column of a rollup that counts the stream's events, and its loaded intervals. */
export interface CountingColumn {
  table: string;
  column: string;
  calendar: Calendar;
  dataHash: string;
  /** By start, Unix ms. */
  intervals: Map<number, CountedLoad>;
}

/** A loaded interval, and the events of it that its load has not covered. */
export interface CountedLoad extends CountedInterval {
  /** Up to the first cut. */
  late: number;
  /** Of those, how many had arrived well before the load began: it should have had them. */
  missed: number;
  /** Of those, how many had arrived when the load ended: its query may have read them, or not. */
  perhapsRead: number;
  /** Between the cuts. */
  lateSince: number;
}

/** The counting columns of the rollups that mark one for this stream, with the intervals that are loaded now. */
export async function countingColumns(
  { db, names }: Pick<BalanceDeps, 'db' | 'names'>,
  stream: string,
  applied: Iterable<Applied>,
  { fromMs, toMs }: Grid,
): Promise<CountingColumn[]> {
  const range = {
    from: Number.isFinite(fromMs) ? new Date(fromMs).toISOString() : '1000-01-01T00:00:00Z',
    to: Number.isFinite(toMs) ? new Date(toMs).toISOString() : '9999-12-31T00:00:00Z',
  };
  const columns: CountingColumn[] = [];
  for (const { definition, dataHash } of applied) {
    if (!isRollup(definition)) continue;
    for (const [column, counted] of Object.entries(definition.counts ?? {})) {
      if (counted !== stream) continue;
      const intervals = new Map<number, CountedLoad>();
      const of = { table: definition.name, column, stream };
      for await (const row of countedIntervals(db, names, of, range)) {
        intervals.set(Date.parse(row.start), { ...row, late: 0, missed: 0, perhapsRead: 0, lateSince: 0 });
      }
      columns.push({ table: definition.name, column, calendar: definition.calendar, dataHash, intervals });
    }
  }
  return columns;
}

/** The rollups that read a stream and mark no column that counts its events: nothing of them can be compared. */
export function unmarkedRollups(stream: string, applied: Iterable<Applied>): string[] {
  return [...applied]
    .map(({ definition }) => definition)
    .filter(isRollup)
    .filter(({ sql }) => readsOf(sql).includes(stream))
    .filter(({ counts = {} }) => !Object.values(counts).includes(stream))
    .map(({ name }) => name);
}

/** By so much the clocks of Kafka and MariaDB may differ. */
const CLOCKS_MS = 2_000;
/** For so long a producer may hold a record back that bears the time of its making. */
const HELD_BACK_MS = 60_000;

/** Counts the events that the loads of a column have not covered. */
export function lateCounter(
  column: CountingColumn,
  { topic }: Pick<StreamDefinition, 'topic'>,
): (event: CleanEvent, stretchMs: number, side: CutSide) => void {
  // In topics of ours it is Kafka that says when a record arrived.
  const doubtMs = topic === undefined ? CLOCKS_MS : HELD_BACK_MS;
  const starts = new Map<number, number>();
  const startOf = (stretchMs: number) => {
    const known = starts.get(stretchMs) ?? Date.parse(intervalAt(column.calendar, stretchMs).start);
    starts.set(stretchMs, known);
    return known;
  };
  return ({ partition, offset, arrivalMs }, stretchMs, side) => {
    const load = column.intervals.get(startOf(stretchMs));
    if (load === undefined || offset < Number(load.coverage.offsets[String(partition)] ?? 0)) return;
    if (side === 'arrived') load.lateSince++;
    else {
      load.late++;
      if (arrivalMs <= Date.parse(load.coverage.loadedAt) + doubtMs) load.perhapsRead++;
    }
    if (load.beganAt !== undefined && arrivalMs < Date.parse(load.beganAt) - doubtMs) load.missed++;
  };
}

function isRollup(definition: Definition): definition is RollupDefinition {
  return definition.kind === 'rollup';
}
