import { createHash } from 'node:crypto';
import type { Definition } from './definition.ts';

/** Facts that say how a definition is run and by whom, not what its numbers are. */
const OPERATIONAL = new Set(['description', 'owner', 'offsetMs', 'minRows', 'partitions']);
const OPERATIONAL_HTTP = new Set(['auth', 'timeoutMs']);

/** The hash under which the catalogue keeps the definition: sha256 of all of it, 64 hex digits. */
export function definitionHash(definition: Definition): string {
  return sha256(canonicalJson(definition));
}

/**
 * The hash of what decides the numbers (source, SQL, fields, key, time, calendar), 64 hex digits. Intervals that
 * were loaded under another data hash are dirty. A new fact counts here unless it is listed as operational.
 */
export function dataHash(definition: Definition): string {
  const data: Record<string, unknown> = without(definition, OPERATIONAL);
  if (definition.kind === 'pull') data['http'] = without(definition.http, OPERATIONAL_HTTP);
  return sha256(canonicalJson(data));
}

/** The hash of anything that is plain JSON: equal content, equal hash. */
export function contentHash(value: unknown): string {
  return sha256(canonicalJson(value));
}

/** JSON with sorted keys and no blanks: equal facts give equal text, in whatever order they were written. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) => {
    if (typeof part !== 'object' || part === null || Array.isArray(part)) return part;
    return Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}

function without(object: object, names: Set<string>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(object).filter(([name]) => !names.has(name)));
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
