import { intervalOfSlot } from '../definition/calendar.ts';
import type { TableDefinition } from '../definition/definition.ts';

/** A run of a table, as Temporal lists it. */
interface Run {
  workflowId: string;
  searchAttributes: Readonly<Record<string, unknown>>;
}

/**
 * Start of the interval that a run loads, RFC 3339 in UTC: by its search attribute, else, where it failed before it had
 * one, by the slot in its id. undefined: it has neither.
 */
export function intervalStartOf(run: Run, table: TableDefinition): string | undefined {
  return byAttribute(run) ?? bySlot(run, table);
}

function byAttribute({ searchAttributes }: Run): string | undefined {
  const attribute = searchAttributes['IntervalStart'];
  const [first] = Array.isArray(attribute) ? (attribute as unknown[]) : [];
  return first instanceof Date ? first.toISOString().replace('.000Z', 'Z') : undefined;
}

function bySlot({ workflowId }: Run, { calendar, offsetMs }: TableDefinition): string | undefined {
  const [slot] = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.exec(workflowId) ?? [];
  return slot === undefined ? undefined : intervalOfSlot(calendar, offsetMs, slot)?.start;
}
