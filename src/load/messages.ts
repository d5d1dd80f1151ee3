import type { Interval } from '../definition/calendar.ts';
import type { TableDefinition } from '../definition/definition.ts';
export type { Offsets } from '../store/coverage.ts';

/**
 * What goes in and out of workflows and activities. Plain JSON, kept in Temporal's history for weeks: fields may
 * be added as optional ones, never renamed or removed.
 */

/** Why a run was started. Recorded in the ledger and searchable; nothing else depends on it. */
export type Trigger = 'schedule' | 'manual' | 'backfill';

/** Input of `refresh`. Without `interval`, the run's own slot decides; without one, the last complete interval. */
export interface RefreshInput {
  table: string;
  /** Start of the interval, RFC 3339. */
  interval?: string;
  trigger?: Trigger;
}

/** Input of `resolve`: what the run was started with, and what Temporal knows of its start. */
export interface ResolveInput extends RefreshInput {
  /** The slot for which a schedule started this run. */
  nominalTime?: string;
}

/** What a run is for; and whether it is the one run that may load this interval. */
export type Resolution = (
  { isCanonical: true; load: Load } | { isCanonical: false; workflowId: string; input: RefreshInput }
) & {
  /** Temporal's id of the run that asked. Absent in histories from before it was recorded. */
  runId?: string;
};

/** Input of `backfill`: every interval whose start lies in [from, to). */
export interface BackfillInput {
  table: string;
  from: string;
  to: string;
  /** Runs at a time; 4 unless told. */
  concurrency?: number;
  /** The newest interval first; true unless told. */
  newestFirst?: boolean;
  /** `missing` loads only what the ledger lacks, `all` every interval again. `missing` unless told. */
  reprocess?: 'missing' | 'all';
  /** Set by the workflow itself when it continues as new. */
  carried?: BackfillProgress & { after: string };
}

export interface BackfillProgress {
  loaded: number;
  failed: number;
  rows: number;
  firstFailures: string[];
}

/** The query that a backfill answers with how far it is. */
export const PROGRESS_QUERY = 'progress';

export interface BackfillState extends BackfillProgress {
  /** Intervals in the whole range; null: they are not listed yet. */
  total: number | null;
}

export interface BackfillReport extends BackfillProgress {
  table: string;
  intervals: number;
}

/** What `resolve` fixed: the definition by hash and the interval. Every later step takes it as it is. */
export interface Load {
  /** Absent in histories from before it was recorded. */
  env?: string;
  table: string;
  kind: TableDefinition['kind'];
  definitionHash: string;
  interval: Interval;
  slot: string;
  /** The one workflow id under which this interval may be loaded. */
  workflowId: string;
  trigger: Trigger;
  /** Decimal text: the number of this run's load in the store. A run that was reset has another: `Staged` names it. */
  loadId: string;
  /**
   * What it waits for before it asks its source, by name, whatever its kind. Streams were the first, and histories, which
   * are replayed, call it so.
   */
  streams: string[];
  /**
   * The hash of each of these definitions, by name, whatever its kind: the word is that of `streams`. Absent in histories
   * from before it was recorded.
   */
  streamHashes?: Record<string, string>;
}

export interface Staged {
  /** The attempt's number: the swap refuses when a newer one exists. */
  attempt: number;
  rows: number;
  /** The load under whose number the rows lie. Absent in histories from before it was recorded: that of `Load`. */
  loadId?: string;
  /** Temporal's id of the run that staged them. Absent in histories from before it was recorded. */
  runId?: string;
}

export interface LoadReport {
  table: string;
  interval: Interval;
  rows: number;
  /** Rows that this interval had before. */
  replacedRows: number;
  loadId: string;
}

export interface IntervalPage {
  intervals: { start: string; workflowId: string; taskQueue: string }[];
  /** Intervals in the whole range that remain to be loaded from here on, this page included. */
  remaining: number;
  /** Where the next page starts; absent on the last one. */
  after?: string;
}
