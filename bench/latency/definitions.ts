/** One stream, as a team would declare it: with a window in which repeated events are removed. */
export const EVENTS = `
import { stream, z } from 'millrace';
export const events = stream('events', {
  event: z.object({ id: z.string(), at: z.iso.datetime(), n: z.int() }),
  id: 'id',
  time: 'at',
  dedupe: '1 hour',
});
`;

/** Pulls with a slot every minute. */
export const PULLS = 10;

/** What the vendor sends for each interval. */
export const ROWS_PER_INTERVAL = 100;

/** `together`: all due on the same second. `spread`: each due when no other is, evenly over the minute. */
export type Timing = 'together' | 'spread';

export const pullName = (index: number) => `slot_${index}`;

/** How long after its interval's end the pull is due. */
export const offsetSeconds = (index: number, timing: Timing) =>
  timing === 'together' ? 0 : (60 / PULLS) * index;

export function pulls(timing: Timing): string {
  const declared = Array.from({ length: PULLS }, (_, index) => {
    const seconds = offsetSeconds(index, timing);
    return `export const ${pullName(index)} = pull('${pullName(index)}', {
  every: every.minutes(1), time: 'at', key: ['at', 'n'],${seconds === 0 ? '' : ` offset: '${seconds} seconds',`}
  http: { url: '{VENDOR_URL}/rows', query: { from: '{start}', to: '{end}' }, records: 'items' },
  row: z.object({ at: z.iso.datetime(), n: z.int(), value: z.number() }),
});`;
  });
  return ["import { every, pull, z } from 'millrace';", ...declared].join('\n');
}

/** The vendor's records of one interval. */
export function rowsOf(start: string): { at: string; n: number; value: number }[] {
  return Array.from({ length: ROWS_PER_INTERVAL }, (_, n) => ({ at: start, n, value: n / 7 }));
}
