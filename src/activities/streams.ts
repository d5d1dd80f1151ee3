import type { StreamDefinition } from '../definition/definition.ts';
import { MillraceError } from '../errors.ts';
import type { Load } from '../workflows/messages.ts';
import type { ActivityDeps } from './deps.ts';

export interface LoadStream {
  name: string;
  topic: string;
  definition: StreamDefinition;
}

/** The streams that a load reads, as they were applied when it was resolved. @throws TABLE_UNKNOWN, TABLE_NOT_LOADED */
export async function rawTopicsOf(
  deps: Pick<ActivityDeps, 'catalogue' | 'names'>,
  load: Load,
): Promise<LoadStream[]> {
  const streams: LoadStream[] = [];
  for (const name of load.streams) {
    const hash = load.streamHashes?.[name];
    const { definition } = await (hash === undefined
      ? deps.catalogue.byName(name)
      : deps.catalogue.byHash(hash));
    if (definition.kind !== 'stream') {
      throw new MillraceError(
        'TABLE_NOT_LOADED',
        `${load.table} reads '${name}' as a stream, but it is a ${definition.kind}.`,
      );
    }
    streams.push({ name, topic: deps.names.rawTopic(definition), definition });
  }
  return streams;
}
