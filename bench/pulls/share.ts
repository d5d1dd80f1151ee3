import { median } from '../cli/timed.ts';

/** How often a vendor may be asked: a bucket of `capacity` requests, full at first, that fills by so many a second. */
export interface Limit {
  perSecond: number;
  capacity: number;
}

/**
 * Which share of what was allowed was used: 1 is all that a caller can have. The bucket is full at the first request, so a
 * walk of so many seconds may have `capacity + perSecond × seconds`; a mere rate would flatter a short walk.
 * @param seconds from the first request that was let through to the last one
 */
export function shareOfAllowed(answered: number, seconds: number, { perSecond, capacity }: Limit): number {
  return answered / (capacity + perSecond * seconds);
}

/** The share of the requests that were refused as too many. */
export function shareRefused(answered: number, refused: number): number {
  return answered + refused === 0 ? 0 : refused / (answered + refused);
}

/** The median, to so many places; `median` alone is of whole numbers. */
export function medianTo(places: number, values: readonly number[]): number {
  const scale = 10 ** places;
  return median(values.map((value) => value * scale)) / scale;
}
