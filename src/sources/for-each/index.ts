import { createHash } from 'node:crypto';
import type { SqlPart } from '../../definition/definition.ts';
import type { TableRow } from '../../definition/table-row.ts';
import { MillraceError } from '../../errors.ts';
import type { OutsideDeps } from '../../load/deps.ts';
import { isEarly } from '../../load/few-tries.ts';
import type { Ask, Batch } from '../../load/source.ts';
import { cutTo } from '../../wording.ts';

/** For more rows than this a source is not asked one by one. */
const MAX_ROWS = 100_000;

/** How a pull asks its source once for each row of other tables. */
export interface ForEach {
  sql: readonly SqlPart[];
  /** Names of the columns that the definition uses. */
  columns: readonly string[];
  /** For so many rows at the same time. */
  atOnce: number;
}

/** Where a walk over rows goes on. */
interface Place {
  /** The index of the row among all, in their order. */
  at: number;
  /** A hash of all rows: in another list, `at` would be another row. */
  of: string;
  /** How many records the source gave for this row before `next`. */
  records: number;
  /** Where the source goes on for this row; absent: at the beginning. */
  next?: string | undefined;
}

/**
 * Asks the source for the records of each row, and gives them one row after the other; each record has the columns of its row
 * as `{id}`.
 *
 * It holds all rows, and a batch for each row that is asked for at the same time. Each attempt reads the rows anew: if they
 * differ from those of the attempt before, the walk begins at the first row.
 * @throws FOR_EACH_INVALID (not retried) · FOR_EACH_MOVED (retried, from the first row) · what the source throws
 */
export async function* forEachRow(
  { sql, columns, atOnce }: ForEach,
  ask: Ask<OutsideDeps>,
  fetch: (ask: Ask<OutsideDeps>) => AsyncGenerator<Batch>,
): AsyncGenerator<Batch> {
  const rows = inOrder(await ask.deps.tableRows(sql, MAX_ROWS + 1));
  if (rows.length > MAX_ROWS)
    throw invalid(ask, `gives more than ${MAX_ROWS} rows, which is the most that a pull asks for`);
  for (const row of rows) refuseUnusable(ask, row, columns);
  const of = hashOf(rows);
  const place = placeOf(ask, of);
  if (rows.length === 0) yield { records: [], walk: { next: undefined } };
  // Who shares no budget asks for one row after the other.
  const together = ask.deps.turns === undefined ? 1 : atOnce;
  const over = new AbortController();
  const signal = AbortSignal.any([ask.signal, over.signal]);
  const begin = (at: number) => {
    const [from, read] = at === place.at ? [place.next, place.records] : [undefined, 0];
    return begun(fetch({ ...ask, row: rows[at], from, rows: read, signal }));
  };
  const walks: Begun[] = [];
  try {
    for (let ahead = place.at; place.at < rows.length; place.at++) {
      while (ahead < rows.length && ahead < place.at + together) walks.push(begin(ahead++));
      const around = surroundings(rows[place.at] ?? {});
      for await (const { records, walk } of allOf(walks[0])) {
        place.records += records.length;
        yield {
          records: records.map((record) => withColumns(record, around)),
          ...(walk === undefined ? {} : { walk: { next: nextOf(place, walk.next, rows.length) } }),
        };
      }
      walks.shift();
      place.records = 0;
      place.next = undefined;
    }
  } finally {
    // Ends their requests; then each of them frees what it has taken.
    over.abort();
    await Promise.allSettled(walks.map(({ batches }) => batches.return(undefined)));
  }
}

/** A walk whose first batch is asked for already. A failure shows when that is looked at. */
interface Begun {
  first: Promise<IteratorResult<Batch>>;
  batches: AsyncGenerator<Batch>;
}

function begun(batches: AsyncGenerator<Batch>): Begun {
  const first = batches.next();
  first.catch(() => undefined);
  return { first, batches };
}

async function* allOf(walk: Begun | undefined): AsyncGenerator<Batch> {
  if (walk === undefined) return;
  let result = await walk.first;
  for (; result.done !== true; result = await walk.batches.next()) yield result.value;
}

/** Those that are alike once, in an order that is the same whenever they are read. */
function inOrder(rows: readonly TableRow[]): TableRow[] {
  const byText = new Map(rows.map((row) => [JSON.stringify(row), row]));
  return [...byText].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row);
}

function hashOf(rows: readonly TableRow[]): string {
  return createHash('sha256').update(JSON.stringify(rows)).digest('hex').slice(0, 16);
}

function placeOf(ask: Ask<OutsideDeps>, of: string): Place {
  if (ask.from === undefined) return { at: 0, of, records: 0 };
  // Written by `nextOf`: its shape is known.
  const place = JSON.parse(ask.from) as Place;
  if (place.of === of) return place;
  throw new MillraceError(
    'FOR_EACH_MOVED',
    `${nameOf(ask)}: the rows of forEach have changed while the source was asked for them one by one. Nothing was loaded; a next try begins at the first row.`,
    { retryable: isEarly(ask.tries), startsAgain: true },
  );
}

/** After a batch that was not the last one of its row, the same row goes on. */
function nextOf({ at, of, records }: Place, next: string | undefined, rows: number): string | undefined {
  if (next !== undefined) return JSON.stringify({ at, of, records, next } satisfies Place);
  return at + 1 < rows ? JSON.stringify({ at: at + 1, of, records: 0 } satisfies Place) : undefined;
}

/** A row's columns by the places that `at` names. */
function surroundings(row: TableRow): Record<string, string | null> {
  const columns = Object.entries(row).map(([name, value]) => [
    `{${name}}`,
    value === null ? null : String(value),
  ]);
  return Object.fromEntries(columns) as Record<string, string | null>;
}

function withColumns(record: unknown, around: Record<string, string | null>): unknown {
  if (typeof record !== 'object' || record === null || Array.isArray(record)) return record;
  return { ...record, ...around };
}

function refuseUnusable(ask: Ask<OutsideDeps>, row: TableRow, columns: readonly string[]): void {
  for (const column of columns) {
    if (!Object.hasOwn(row, column)) {
      const given = Object.keys(row).join(', ');
      throw invalid(ask, `gives no column '${column}', for which {${column}} stands; it gives ${given}`);
    }
    if (row[column] === null) {
      const shown = cutTo(120, JSON.stringify(row));
      throw invalid(ask, `gives NULL as '${column}' in a row, ${shown}; leave such rows out with WHERE`);
    }
  }
}

function invalid(ask: Ask<OutsideDeps>, problem: string): MillraceError {
  return new MillraceError('FOR_EACH_INVALID', `${nameOf(ask)}: forEach ${problem}. Nothing was loaded.`);
}

function nameOf({ definition, load }: Ask<OutsideDeps>): string {
  return `pull '${definition.name}' ${load.interval.start}`;
}
