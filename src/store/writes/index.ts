import type { TableDefinition, WriteName } from '../../definition/definition.ts';
import { DEFAULTS } from '../../definition/kinds.ts';
import { interval } from './interval.ts';
import { snapshot } from './snapshot.ts';
import { upsert } from './upsert.ts';
import type { Write } from './write.ts';

/** Every way in which a load may write, by the name under which a definition gives it. */
export const WRITES: Readonly<Record<WriteName, Write>> = { interval, upsert, snapshot };

/** How loads of the table write. */
export function writeNameOf(definition: TableDefinition): WriteName {
  return definition.kind === 'pull' ? (definition.write ?? DEFAULTS.write) : DEFAULTS.write;
}
