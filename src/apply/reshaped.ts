import { isLoaded, type Definition } from '../define/definition.ts';
import { canonicalJson } from '../define/hash.ts';
import { MillraceError } from '../errors.ts';
import type { Applied } from '../store/catalogue.ts';

/**
 * Refuses changes under which rows that are loaded would belong to intervals or keys that no longer exist.
 * @throws CHANGE_UNSUPPORTED with every such change
 */
export function refuseReshaped(applied: Map<string, Applied>, definitions: Definition[]): void {
  const problems = definitions.flatMap((definition) => {
    const before = applied.get(definition.name)?.definition;
    return before === undefined
      ? []
      : changesOf(before, definition).map((change) => `'${definition.name}': ${change}`);
  });
  if (problems.length === 0) return;
  throw new MillraceError(
    'CHANGE_UNSUPPORTED',
    `Rows that are loaded would lose their place; nothing was changed:\n  ${problems.join('\n  ')}\nGive the new shape a new name and backfill it, then retire the old one.`,
  );
}

function changesOf(before: Definition, after: Definition): string[] {
  if (before.kind !== after.kind) return [`it is a ${before.kind} and would become a ${after.kind}`];
  if (!isLoaded(before) || !isLoaded(after)) return [];
  return (['key', 'calendar', 'time'] as const)
    .filter((part) => canonicalJson(before[part]) !== canonicalJson(after[part]))
    .map(
      (part) =>
        `its ${part} would change from ${canonicalJson(before[part])} to ${canonicalJson(after[part])}`,
    );
}
