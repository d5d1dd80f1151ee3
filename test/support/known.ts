import type { Known } from '../../src/targets/target.ts';

/** What a target is told, where no other target holds anything unless a test says so. */
export function knownOf(given: Pick<Known, 'config' | 'names' | 'definitions'> & Partial<Known>): Known {
  return { now: new Date('2026-01-05T08:00:00Z'), held: () => undefined, isNew: () => false, ...given };
}
