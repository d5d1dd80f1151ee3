import type { Definition } from '../definition/definition.ts';
import { factsToHash } from '../definition/facts.ts';
import { contentHash } from '../definition/hash.ts';
import { FACTS } from '../definition/kinds.ts';

/** The two hashes that name a definition, each 64 hex digits. Facts that have their default count in neither. */
export interface Hashes {
  /** Over everything: the key under which the catalogue keeps the definition. */
  hash: string;
  /** Over what decides the numbers: intervals that were loaded under another one are dirty. */
  dataHash: string;
}

export function hashesOf(definition: Definition): Hashes {
  const table = FACTS[definition.kind];
  return {
    hash: contentHash(factsToHash(definition, table, 'all')),
    dataHash: contentHash(factsToHash(definition, table, 'numbers')),
  };
}
