import { canonicalJson } from '../definition/hash.ts';
import { isSecret, SECRET } from './secret.ts';
import type { Desired, Difference, Fields, Live, Owned, Recorded, Step, System } from './target.ts';

/** Stands for a field whose value shows only when something else was changed: `{ $unknown: 'until …' }`. */
export interface Unknown {
  $unknown: string;
}

/** What every target does that has no rules of its own: one step per desired object, decided field by field. */
export function diffByFields<D extends Desired, L extends Live>(
  system: System,
  desired: readonly D[],
  live: ReadonlyMap<string, L>,
  owned: Owned,
): Step<D, L>[] {
  return desired.map((one) => {
    const [found, recorded] = [live.get(one.object), owned.get(one.object)];
    const of = { system, object: one.object, desired: one, recorded };
    if (found === undefined) {
      // What was begun and cut is no deletion.
      const isDeleted = recorded !== undefined && recorded.hash !== '';
      return { ...of, action: 'create', differences: [], ...(isDeleted ? { note: 'it was deleted' } : {}) };
    }
    const differences = differencesOf(one, found.fields, recorded);
    return { ...of, live: found, action: differences.length > 0 ? 'update' : 'unchanged', differences };
  });
}

/** Every field of a live object that is not as it should be. */
export function differencesOf(desired: Desired, live: Fields, recorded: Recorded | undefined): Difference[] {
  const made = recorded?.made;
  return [
    ...compare([], desired.fields, live, made && { ...made.learned, ...made.fields }),
    ...compare([], desired.unseen ?? {}, made?.unseen, undefined),
  ];
}

function compare(path: string[], desired: unknown, live: unknown, recorded: unknown): Difference[] {
  if (isObject(desired) && !isNewMember(path, desired, live)) {
    const [of, before] = [asObject(live), asObject(recorded)];
    const kept = Object.keys(desired).flatMap((key) =>
      compare([...path, key], desired[key], ownOf(of, key), ownOf(before, key)),
    );
    const gone = Object.keys(before)
      .filter((key) => !Object.hasOwn(desired, key) && Object.hasOwn(of, key) && path.length > 0)
      .map((key): Difference => ({ ...difference([...path, key], undefined, of[key]), byHand: false }));
    return [...kept, ...gone];
  }
  if (same(desired, live)) return [];
  return [{ ...difference(path, desired, live), byHand: recorded !== undefined && same(desired, recorded) }];
}

function difference(path: string[], desired: unknown, live: unknown): Omit<Difference, 'byHand'> {
  if (!isSecret(desired) && !isSecret(live)) return { path, desired, live };
  // That one is there, or is not, is no secret.
  const hidden = (value: unknown) => (value === undefined ? undefined : SECRET);
  return { path, desired: hidden(desired), live: hidden(live) };
}

/** A member of a collection that is not there at all (a column, with its type) is one difference, not one per part. */
function isNewMember(path: string[], desired: Record<string, unknown>, live: unknown): boolean {
  const parts = Object.values(desired);
  const isFlat = parts.length > 0 && parts.every((part) => typeof part !== 'object' || part === null);
  return path.length > 1 && isFlat && (live === undefined || live === null);
}

/** Is this the same path? */
export function samePath(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((name, index) => name === b[index]);
}

export function same(a: unknown, b: unknown): boolean {
  return canonicalJson(a ?? null) === canonicalJson(b ?? null);
}

export function isUnknown(value: unknown): value is Unknown {
  return typeof value === 'object' && value !== null && '$unknown' in value;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    !isSecret(value) &&
    !isUnknown(value)
  );
}

function asObject(value: unknown): Record<string, unknown> {
  return isObject(value) ? value : {};
}

/** Names are a user's: `constructor` stands in every object. */
function ownOf(object: Record<string, unknown>, key: string): unknown {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}
