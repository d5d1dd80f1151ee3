import { readsOf, type RollupDefinition, type StreamDefinition } from '../../definition/definition.ts';
import { MillraceError } from '../../errors.ts';
import type { LoadDeps } from '../../load/deps.ts';
import type { Load } from '../../load/messages.ts';
import { asResolved } from '../../load/waits/as-resolved.ts';

/** The streams that a rollup reads, as they were applied when its load was resolved. @throws TABLE_UNKNOWN, NO_INTERVALS */
export async function streamsOf(
  deps: Pick<LoadDeps, 'catalogue'>,
  load: Load,
  { sql }: RollupDefinition,
): Promise<StreamDefinition[]> {
  const streams: StreamDefinition[] = [];
  for (const name of readsOf(sql)) {
    const definition = await asResolved(deps, load, name);
    if (definition.kind !== 'stream') {
      throw new MillraceError(
        'NO_INTERVALS',
        `${load.table} reads '${name}' as a stream, but it is a ${definition.kind}.`,
      );
    }
    streams.push(definition);
  }
  return streams;
}
