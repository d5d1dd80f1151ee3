import type { StreamDefinition } from '../definition/definition.ts';
import type { LoadDeps } from '../load/deps.ts';

/** Whom a balance asks, and whom it tells what it does. */
export interface BalanceDeps extends Pick<LoadDeps, 'names' | 'db' | 'kafka' | 'druid' | 'catalogue'> {
  /** Hears what is waited for. */
  say(line: string): void;
  /** Hears how far a long read has come, a few times a second. */
  progress(line: string): void;
}

/** A stream, as balance reads its topics. */
export interface Audited {
  stream: StreamDefinition;
  /** Every field that a version of it has declared: records of an earlier one may still lie in the clean topic. */
  declared: ReadonlySet<string>;
  /** The shortest window that a version of it has had, ms: whatever was a duplicate within it was one for all. */
  windowMs: number;
}
