import type { StreamDefinition } from '../../definition/definition.ts';
import { MillraceError } from '../../errors.ts';
import type { LoadDeps } from '../../load/deps.ts';
import type { Load } from '../../load/messages.ts';

/** A stream that a load reads, and the raw topic that its events come from. */
export interface LoadStream {
  name: string;
  topic: string;
  definition: StreamDefinition;
}

/** The streams that a load reads, as they were applied when it was resolved. @throws TABLE_UNKNOWN, NO_INTERVALS */
export async function streamsOf(
  { catalogue, names }: Pick<LoadDeps, 'catalogue' | 'names'>,
  load: Load,
): Promise<LoadStream[]> {
  const streams: LoadStream[] = [];
  for (const name of load.streams) {
    const hash = load.streamHashes?.[name];
    const { definition } = await (hash === undefined ? catalogue.byName(name) : catalogue.byHash(hash));
    if (definition.kind !== 'stream') {
      throw new MillraceError(
        'NO_INTERVALS',
        `${load.table} reads '${name}' as a stream, but it is a ${definition.kind}.`,
      );
    }
    streams.push({ name, topic: names.rawTopic(definition), definition });
  }
  return streams;
}
