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
  return {
    hash: contentHash(factsGiven(definition)),
    dataHash: contentHash(factsToHash(definition, factsOf(definition), 'numbers')),
  };
}

/** The facts of a definition without those that have their default: equal facts, equal definition. */
export function factsGiven(definition: Definition): object {
  return factsToHash(definition, factsOf(definition), 'all');
}

/** Those of the kind, and under the name of a pull's source those of that source. */
function factsOf(definition: Definition): FactTable {
  const own: FactTable = FACTS[definition.kind];
  if (definition.kind !== 'pull') return own;
  const name = pullSourceName(definition);
  return { ...own, [name]: data({ inside: () => PULL_SOURCES[name].facts }) };
}
