import { ageOf } from '../table.ts';

/** What `status` says of a table. */
export interface TableStatus {
  table: string;
  kind: string;
  intervals: number;
  rows: number;
  newest: string | null;
  /** When Temporal starts its next run, RFC 3339 in UTC; null: it starts none, or does not answer. */
  nextSlot: string | null;
  /** Why its schedule is paused, as whoever did it has said; null: it is not. */
  paused: string | null;
}

/** `2026-11-23T07:00:00Z (in 8 min)`, `paused: vendor maintenance`, or `-` where no run is to come. */
export function dueText(
  { nextSlot, paused }: Pick<TableStatus, 'nextSlot' | 'paused'>,
  nowMs: number,
): string {
  if (paused !== null) return `paused${paused === '' ? '' : `: ${paused}`}`;
  return nextSlot === null ? '-' : `${nextSlot} (in ${ageOf(Date.parse(nextSlot) - nowMs)})`;
}
