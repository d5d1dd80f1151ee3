import { isTable, readsOf, type Definition, type TableDefinition } from './definition.ts';

/** The tables that are loaded from a stream. */
export function readersOf(stream: string, definitions: Iterable<Definition>): TableDefinition[] {
  return [...definitions].filter(isTable).filter((table) => streamsOf(table).includes(stream));
}

function streamsOf(table: TableDefinition): string[] {
  switch (table.kind) {
    case 'rollup':
      return readsOf(table.sql);
    case 'pull':
      return [];
  }
}
