import { readsOf, type RollupDefinition } from '../../definition/definition.ts';
import type { Source } from '../../load/source.ts';

/** Druid SQL over streams. Its options and facts are those of the rollup itself. */
export const druid: Pick<Source<never, RollupDefinition>, 'waitsFor' | 'open'> = {
  waitsFor: ({ sql }) => readsOf(sql),
  open: async () => (await import('./rows.ts')).rows,
};
