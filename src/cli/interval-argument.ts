import { Argument, InvalidArgumentError } from '@commander-js/extra-typings';
import type { Config } from '../config.ts';
import type { Interval } from '../definition/calendar.ts';
import type { TableDefinition } from '../definition/definition.ts';
import { refuseWithoutIntervals } from '../definition/due.ts';
import { canonicalRun, whichInterval } from '../load/which-interval.ts';
import { namesFor } from '../names.ts';
import { offering } from './completion/offers.ts';
import { withCatalogue } from './with-catalogue.ts';

/** `rates@2026-01-31T05:00:00Z`, as a person types it. */
export interface IntervalArgument {
  table: string;
  /** Start of the interval; absent: the last complete one. */
  interval?: string;
}

/** The run that is asked for by it. */
export interface AskedRun {
  definition: TableDefinition;
  interval: Interval;
  slot: string;
  /** The one run that may load the interval. */
  workflowId: string;
}

/** `<table[@interval]>`, for every command that is about one interval of a table. */
export function intervalArgument() {
  const argument = new Argument(
    '<table[@interval]>',
    "the table, and its interval's start (default: the last complete one)",
  ).argParser(parseInterval);
  return offering(argument, ['pull', 'rollup']);
}

export function parseInterval(text: string): IntervalArgument {
  const [table, interval, ...more] = text.split('@');
  if (!table || more.length > 0) {
    throw new InvalidArgumentError('Give a table, or table@2026-01-31T05:00:00Z.');
  }
  return interval === undefined ? { table } : { table, interval };
}

/** Asks the catalogue which run that is. @throws TABLE_UNKNOWN, NO_INTERVALS, INTERVAL_INVALID */
export async function askedRun(
  config: Config,
  { table, interval }: IntervalArgument,
  now: Date,
): Promise<AskedRun> {
  const { definition } = await withCatalogue(config, (catalogue) => catalogue.byName(table));
  refuseWithoutIntervals(definition);
  const { interval: meant } = await whichInterval(definition, { interval }, now);
  return { definition, interval: meant, ...canonicalRun(namesFor(config.env), definition, meant) };
}
