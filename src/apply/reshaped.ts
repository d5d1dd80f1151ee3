import { isTable, type Definition, type Field, type StreamDefinition } from '../definition/definition.ts';
import { meaningOf } from '../definition/field-types/index.ts';
import { canonicalJson } from '../definition/hash.ts';

/**
 * Why a definition may not change as it would: what is there already would lose its place, as rows of intervals or
 * keys that no longer exist, events of another topic, a new datasource that nobody fills. Undefined: it may.
 */
export function reshapingRefusal(before: Definition, after: Definition): string | undefined {
  const changes = changesOf(before, after);
  if (changes.length === 0) return undefined;
  return `What is there of '${after.name}' already would lose its place: ${changes.join('; ')}. ${REMEDY}`;
}

const REMEDY =
  "Give the new shape a new name and backfill it, then retire the old one. A stream with a new name reads everything that the old one's raw topic still holds, if its `topic` names that.";

function changesOf(before: Definition, after: Definition): string[] {
  if (before.kind !== after.kind) return [`it is a ${before.kind} and would become a ${after.kind}`];
  if (before.kind === 'stream' && after.kind === 'stream') return streamChanges(before, after);
  if (!isTable(before) || !isTable(after)) return [];
  return partsChanged(before, after, ['key', 'calendar', 'time']);
}

/**
 * The clean topic and the datasource go on as they are: what flows into them may not mean something else. By another id
 * every good event of the window would look new, or like a duplicate of another.
 */
function streamChanges(before: StreamDefinition, after: StreamDefinition): string[] {
  const fieldsBefore = new Map(before.fields.map((field) => [field.name, field]));
  const retyped = after.fields.flatMap((field) => {
    const was = fieldsBefore.get(field.name);
    return was === undefined || dimensionOf(was) === dimensionOf(field)
      ? []
      : [`its field ${field.name} would change from ${was.type} to ${field.type}`];
  });
  return [...partsChanged(before, after, ['topic', 'id', 'time', 'version']), ...retyped];
}

function dimensionOf(field: Field): string {
  return meaningOf(field).druid.dimension;
}

function partsChanged<D extends Definition>(before: D, after: D, parts: (keyof D & string)[]): string[] {
  return parts
    .filter((part) => shown(before[part]) !== shown(after[part]))
    .map((part) => `its ${part} would change from ${shown(before[part])} to ${shown(after[part])}`);
}

function shown(value: unknown): string {
  return value === undefined ? 'its own' : canonicalJson(value);
}
