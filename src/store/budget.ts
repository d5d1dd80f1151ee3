/** How often a vendor may be asked, by all workers together, live and in backfills. */
export interface Budget {
  /** So many requests within any `perMs` milliseconds. Absent: any number. */
  requests?: number;
  perMs?: number;
  /** So many requests under way at the same time. Absent: any number. */
  atOnce?: number;
}
