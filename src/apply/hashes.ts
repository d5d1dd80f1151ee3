import type { Definition } from '../definition/definition.ts';
import { data, factsToHash, type FactTable } from '../definition/facts.ts';
import { contentHash } from '../definition/hash.ts';
import { FACTS } from '../definition/kinds.ts';
import { PULL_SOURCES, pullSourceName } from '../sources/index.ts';

/** The two hashes that name a definition, each 64 hex digits. Facts that have their default count in neither. */
export interface Hashes {
  /** Over everything: the key under which the catalogue keeps the definition. */
  hash: string;
  /** Over what decides the numbers: intervals that were loaded under another one are dirty. */
  dataHash: string;
}

export function hashesOf(definition: Definition): Hashes {
  const table = factsOf(definition);
  return {
    hash: contentHash(factsToHash(definition, table, 'all')),
    dataHash: contentHash(factsToHash(definition, table, 'numbers')),
  };
}

/** Those of the kind, and under the name of a pull's source those of that source. */
function factsOf(definition: Definition): FactTable {
  const own: FactTable = FACTS[definition.kind];
  if (definition.kind !== 'pull') return own;
  const name = pullSourceName(definition);
  return { ...own, [name]: data({ inside: () => PULL_SOURCES[name].facts }) };
}
