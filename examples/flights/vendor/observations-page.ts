import { z } from 'zod';
import { HOUR_MS, observationsBetween, type Observation } from '../sample/weather.ts';

/** One page of observations; `next` goes into `after` of the next request, null: this was the last page. */
export interface ObservationsPage {
  items: Observation[];
  next: string | null;
}

const instant = z.iso.datetime({ offset: true }).transform((value) => Date.parse(value));

/** The query string of `GET /v1/observations`: hours that start in `[from, to)`, after the cursor if there is one. */
export const OBSERVATIONS_QUERY = z
  .strictObject({ from: instant, to: instant, after: z.string().transform(readCursor).optional() })
  .refine(({ from, to }) => from < to, { path: ['to'], error: 'must be later than from' });

/** The next rows, in order of hour, then origin. An hour is served once it has passed, never before. */
export function observationsPage(
  query: z.infer<typeof OBSERVATIONS_QUERY>,
  pageSize: number,
  nowMs: number,
): ObservationsPage {
  const { from, to, after } = query;
  // An hour that has just ended began exactly one hour ago: the end is excluded, hence the millisecond.
  const endMs = Math.min(to, nowMs - HOUR_MS + 1);
  const items: Observation[] = [];
  for (const item of observationsBetween(after ? Math.max(from, after.hourMs) : from, endMs)) {
    if (after && Date.parse(item.hour) === after.hourMs && item.origin <= after.origin) continue;
    if (items.length === pageSize) return { items, next: writeCursor(items.at(-1) as Observation) };
    items.push(item);
  }
  return { items, next: null };
}

interface Cursor {
  hourMs: number;
  origin: string;
}

/** The cursor is the place of a page's last row in the order, so it holds whatever the page size. */
function writeCursor(last: Observation): string {
  return Buffer.from(`${last.hour}/${last.origin}`).toString('base64url');
}

function readCursor(cursor: string, context: z.RefinementCtx): Cursor {
  const [hour = '', origin = ''] = Buffer.from(cursor, 'base64url').toString().split('/');
  const hourMs = Date.parse(hour);
  if (Number.isNaN(hourMs)) {
    context.addIssue({ code: 'custom', message: `'${cursor}' is not a cursor that this service gave` });
  }
  return { hourMs, origin };
}
