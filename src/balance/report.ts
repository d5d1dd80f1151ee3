/** The books of a stream, held against each other. */
export interface Balance {
  stream: string;
  /** Half-open range of event time that was looked at; null: without a bound. Counters know no event time. */
  from: string | null;
  to: string | null;
  totals: Total[];
  /** Where two books differ that should be the same. */
  differences: Difference[];
  /** Intervals of rollups that were loaded before some of their events came: no fault; a reload heals them. */
  late: Late[];
  /** What could not be compared, and why. */
  unknown: string[];
  /** What was compared with less than exactness, and from where on it is exact. */
  notes: string[];
}

/** One book as a whole. */
export interface Total {
  book: string;
  /** What the book before it says; null: nothing is to be said. */
  expected: number | null;
  /** What is there; null: it could not be counted. */
  found: number | null;
}

/** Two numbers that should be one. */
export interface Difference {
  /** Whose number is wrong: `raw`, `clean`, `dead`, the name of a datasource, or a rollup's `table.column`. */
  side: string;
  /** Of event time; null: it is no matter of one interval. */
  interval: { start: string; end: string } | null;
  /** Of the topics; null: it is no matter of one partition. */
  partition: number | null;
  expected: number;
  found: number;
  /** What it may mean. */
  means: string;
  /** What to do, or why nothing is to be done. */
  remedy?: string;
  /** Loads the interval again. */
  command?: string;
}

/** An interval that was loaded before some of its events came. */
export interface Late {
  table: string;
  interval: { start: string; end: string };
  /** How many events came later. */
  events: number;
  /** Loads it again. */
  command: string;
}

/** What one comparison finds. */
export type Findings = Pick<Balance, 'differences' | 'late' | 'unknown' | 'notes'>;

export function noFindings(): Findings {
  return { differences: [], late: [], unknown: [], notes: [] };
}

/** All that several comparisons find, in their order. */
export function merged(findings: readonly Partial<Findings>[]): Findings {
  return {
    differences: findings.flatMap(({ differences = [] }) => differences),
    late: findings.flatMap(({ late = [] }) => late),
    unknown: findings.flatMap(({ unknown = [] }) => unknown),
    notes: findings.flatMap(({ notes = [] }) => notes),
  };
}

/** Is there nothing that differs, and was everything compared? */
export function isBalanced({ differences, unknown }: Pick<Balance, 'differences' | 'unknown'>): boolean {
  return differences.length === 0 && unknown.length === 0;
}
