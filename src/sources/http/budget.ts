import { z } from 'zod';
import type { Report } from '../../define/declared.ts';
import type { Duration } from '../../define/duration.ts';
import { duration, join, readOptions, wholeNumber } from '../../define/options.ts';
import type { Budget } from '../../store/budget.ts';

/**
 * How often a vendor may be asked: by all workers together, live and in backfills. Pulls from one host share it; give each
 * of them the same.
 *
 * @example { requests: 5000, per: '1 hour', atOnce: 4 }
 */
export interface BudgetOptions {
  /** So many requests within any time of `per`. Default: any number. */
  requests?: number;
  /** The time in which there may be so many `requests`, a day at most. Default: none; it goes with `requests`. */
  per?: Duration;
  /**
   * So many requests at the same time: pages that are asked for by number, where their end is known (`last`, or `total` and
   * `size`), and rows of `forEach` are then asked for together. Default: one after the other in each load, and no limit over all.
   */
  atOnce?: number;
}

const OPTIONS = {
  requests: wholeNumber(1, 100_000, 'how many requests there may be, such as 5000').optional(),
  per: duration().optional(),
  atOnce: wholeNumber(1, 64, 'how many requests there may be at the same time, such as 4').optional(),
};

const DAY_MS = 86_400_000;

/** Reads the option; undefined where it is wrong, which was reported. */
export function readBudget(options: unknown, path: string, report: Report): Budget | undefined {
  const { requests, per: perMs, atOnce } = readOptions(OPTIONS, options, path, report);
  const given = z.looseObject({}).safeParse(options).data ?? {};
  if ((given['requests'] === undefined) !== (given['per'] === undefined))
    report(path, "needs both, requests: 5000 and per: '1 hour', or neither.");
  if (perMs !== undefined && perMs > DAY_MS)
    report(join(path, 'per'), "is longer than a day; give the vendor's limit for a day, or a shorter time.");
  if (Object.keys(given).length === 0)
    report(path, "is empty; give { requests: 5000, per: '1 hour' } or { atOnce: 4 }.");
  return {
    ...(requests === undefined ? {} : { requests }),
    ...(perMs === undefined ? {} : { perMs }),
    ...(atOnce === undefined ? {} : { atOnce }),
  };
}
