/** Length of the sample in data/, in weeks. */
const SAMPLE_WEEKS = 5;
const WEEK_MS = 7 * 24 * 3_600_000;
const SAMPLE_MS = SAMPLE_WEEKS * WEEK_MS;
const SAMPLE_START_MS = Date.parse('2013-06-10T00:00:00Z');

/** Something of the sample, with its instant in 2013 (ms since the epoch). */
export interface Sampled {
  sampledAtMs: number;
}

/** A row of the sample in the copy of the time line that was asked for. */
export interface Placed<Row> {
  row: Row;
  atMs: number;
  /** By how many weeks it was moved: a multiple of the sample's length; negative before 2013. */
  shiftWeeks: number;
}

/**
 * Walks the endless time line: the sample repeated without end in both directions, each copy moved by the
 * sample's length, so that every instant lies in exactly one copy and keeps its weekday and hour in UTC.
 *
 * Lazy: a caller that needs one page of ten years takes one page. Pure: the same instants give the same rows.
 *
 * @param rows the sample, ordered by `sampledAtMs`
 * @param fromMs first instant, included
 * @param toMs last instant, excluded
 */
export function* rowsBetween<Row extends Sampled>(
  rows: readonly Row[],
  fromMs: number,
  toMs: number,
): Generator<Placed<Row>> {
  for (let copy = copyOf(fromMs); SAMPLE_START_MS + copy * SAMPLE_MS < toMs; copy++) {
    const shiftMs = copy * SAMPLE_MS;
    for (let index = firstIndexFrom(rows, fromMs - shiftMs); index < rows.length; index++) {
      const row = rows[index] as Row;
      const atMs = row.sampledAtMs + shiftMs;
      if (atMs >= toMs) return;
      yield { row, atMs, shiftWeeks: copy * SAMPLE_WEEKS };
    }
  }
}

/** Writes an instant as the sample's sources do: ISO 8601 in UTC, whole seconds. */
export function isoSeconds(atMs: number): string {
  return new Date(atMs).toISOString().replace(/\.\d{3}Z$/, 'Z');
}

function copyOf(atMs: number): number {
  return Math.floor((atMs - SAMPLE_START_MS) / SAMPLE_MS);
}

/** Index of the first row at or after an instant, by halving. */
function firstIndexFrom(rows: readonly Sampled[], atMs: number): number {
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((rows[middle] as Sampled).sampledAtMs < atMs) low = middle + 1;
    else high = middle;
  }
  return low;
}
