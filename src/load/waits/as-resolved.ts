import type { Definition } from '../../definition/definition.ts';
import type { LoadDeps } from '../deps.ts';
import type { Load } from '../messages.ts';

/** What a load reads under this name, as it was applied when the load was resolved. @throws TABLE_UNKNOWN */
export async function asResolved(
  { catalogue }: Pick<LoadDeps, 'catalogue'>,
  { streamHashes }: Load,
  name: string,
): Promise<Definition> {
  const hash = streamHashes?.[name];
  const { definition } = await (hash === undefined ? catalogue.byName(name) : catalogue.byHash(hash));
  return definition;
}
