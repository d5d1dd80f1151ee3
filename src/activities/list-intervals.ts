import { z } from 'zod';
import { intervalsBetween, slotOf, type Interval } from '../definition/calendar.ts';
import type { TableDefinition } from '../definition/definition.ts';
import { beginningMs, refuseWithoutIntervals } from '../definition/due.ts';
import { MillraceError } from '../errors.ts';
import type { BackfillInput, IntervalPage } from '../load/messages.ts';
import type { LoadDeps } from '../load/deps.ts';
import { writeNameOf } from '../store/writes/index.ts';
import { canonicalRun } from '../load/which-interval.ts';

const instant = z.iso.datetime({ offset: true });
const shape = z.strictObject({
  table: z.string(),
  from: instant,
  to: instant,
  concurrency: z.int().min(1).max(50).optional(),
  newestFirst: z.boolean().optional(),
  reprocess: z.enum(['missing', 'all']).optional(),
  carried: z.looseObject({ after: instant }).optional(),
});

/** What one page holds: each is one stretch of the backfill's history before it continues as new. */
const PAGE_INTERVALS = 250;

/**
 * Lists the next intervals that a backfill has to load: those whose start lies in [from, to) and not before the table's
 * `since`, whose slot has come, and (unless everything is to be reprocessed) that the ledger lacks; of a snapshot the last
 * one alone.
 * @throws INPUT_INVALID, TABLE_UNKNOWN, NO_INTERVALS
 */
export const listIntervals =
  ({ catalogue, ledger, names, now }: LoadDeps) =>
  async (input: BackfillInput): Promise<IntervalPage> => {
    const { table, from, to, newestFirst = true, reprocess = 'missing', carried } = parse(input);
    const { definition } = await catalogue.byName(table);
    refuseWithoutIntervals(definition);
    const loaded =
      reprocess === 'all' ? new Set<string>() : await ledger.loadedStarts(table, utc(from), utc(to));
    const isDue = (interval: Interval) =>
      Date.parse(slotOf(interval, definition.offsetMs)) <= now().getTime();
    const due = bounded(table, intervalsBetween(definition.calendar, firstOf(definition, from), to)).filter(
      isDue,
    );
    const all = thatCanBeLoaded(definition, due).filter(({ start }) => !loaded.has(start));
    const ordered = newestFirst ? all.reverse() : all;
    const rest = carried === undefined ? ordered : ordered.filter(isBeyond(carried.after, newestFirst));
    const page = rest.slice(0, PAGE_INTERVALS);
    const last = page.at(-1);
    return {
      intervals: page.map((interval) => ({
        start: interval.start,
        workflowId: canonicalRun(names, definition, interval).workflowId,
        taskQueue: names.taskQueue('bulk'),
      })),
      remaining: rest.length,
      ...(last !== undefined && rest.length > page.length ? { after: last.start } : {}),
    };
  };

/** Nothing before `since` is asked for. */
function firstOf(definition: TableDefinition, from: string): string {
  const beginning = beginningMs(definition);
  return beginning === undefined ? from : new Date(Math.max(beginning, Date.parse(from))).toISOString();
}

/** A source that always gives all gives what it has now, whatever interval is asked for. */
function thatCanBeLoaded(definition: TableDefinition, due: Interval[]): Interval[] {
  return writeNameOf(definition) === 'snapshot' ? due.slice(-1) : due;
}

function parse(input: unknown): z.infer<typeof shape> {
  const parsed = shape.safeParse(input);
  if (parsed.success && Date.parse(parsed.data.from) < Date.parse(parsed.data.to)) return parsed.data;
  const why = parsed.success ? 'from must lie before to' : z.prettifyError(parsed.error);
  throw new MillraceError(
    'INPUT_INVALID',
    `'backfill' was started with ${JSON.stringify(input)}: ${why}. Give {"table":"rates","from":"2026-01-01T00:00:00Z","to":"2026-02-01T00:00:00Z"}.`,
  );
}

/** A range that was mistyped must not fill the worker's memory. */
const MAX_INTERVALS = 500_000;

function bounded(table: string, intervals: Iterable<Interval>): Interval[] {
  const list: Interval[] = [];
  for (const interval of intervals) {
    if (list.push(interval) <= MAX_INTERVALS) continue;
    throw new MillraceError(
      'INPUT_INVALID',
      `The range holds more than ${MAX_INTERVALS} intervals of ${table}. Is its beginning right? Backfill a shorter range at a time.`,
    );
  }
  return list;
}

function isBeyond(after: string, newestFirst: boolean) {
  return ({ start }: Interval) => (newestFirst ? start < after : start > after);
}

function utc(instantText: string): string {
  return new Date(instantText).toISOString();
}
