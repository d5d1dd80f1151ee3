import { isTable, readsOf, type Definition, type TableDefinition } from './definition.ts';

/** The tables that are loaded from a stream. */
export function readersOf(stream: string, definitions: Iterable<Definition>): TableDefinition[] {
  return [...definitions].filter(isTable).filter((table) => namesRead(table).includes(stream));
}

/** What a definition reads, by name, whatever its kind. */
export function namesRead(definition: Definition): string[] {
  const sql = definition.kind === 'pull' ? definition.forEach : 'sql' in definition ? definition.sql : [];
  return readsOf(sql ?? []);
}
