import type { StreamDefinition } from '../../../definition/definition.ts';

/** Writes a judged event as it stands in the clean topic. */
export type CleanValue = (event: Readonly<Record<string, unknown>>) => string;

/**
 * Compiles a stream's definition into the writer of its clean records: JSON of what the validator gave back, which holds
 * the declared fields alone. What Druid reads was judged, whatever else the producer sent (contract 9 of
 * `docs/contracts.md`). A field that the event leaves out is left out.
 *
 * The event's time is written in UTC and to the millisecond, as Druid keeps it: its parser refuses instants that ours
 * takes, such as those with ten digits of a second.
 */
export function compileCleanValue({ time }: StreamDefinition): CleanValue {
  return (event) => {
    const at = String(event[time]);
    const instant = instantOf(at);
    return JSON.stringify(instant === at ? event : { ...event, [time]: instant });
  };
}

/** `2026-01-31T05:10:00Z` and `2026-01-31T05:10:00.000Z`, which most events have, stay as they are. */
function instantOf(text: string): string {
  const isPlain = (text.length === 20 || text.length === 24) && text.endsWith('Z');
  return isPlain ? text : new Date(text).toISOString();
}
