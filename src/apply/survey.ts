import type { Config } from '../config.ts';
import type { Definition } from '../definition/definition.ts';
import { isMillraceError, type MillraceError } from '../errors.ts';
import { namesFor } from '../names.ts';
import type { RecordedObjects } from '../store/objects.ts';
import type { Desired, Fields, Known, Live, Owned, Step, System, Target } from '../targets/target.ts';

/** What one target is asked for, how it stands, and what has to be done. */
export interface Surveyed {
  target: Target;
  live: ReadonlyMap<string, Live>;
  owned: Owned;
  /** One per object that should be there. */
  steps: Step[];
  /** What apply made and no definition asks for any more. */
  leftovers: Step[];
}

/** A target that could not be asked. */
export interface Unasked {
  target: Target;
  error: MillraceError;
}

export interface Survey {
  known: KnownSoFar;
  surveyed: Surveyed[];
  unasked: Unasked[];
}

/** To this is added, while apply goes on, what it made. */
export interface KnownSoFar extends Known {
  learn(system: System, object: string, fields: Fields, isNew?: boolean): void;
}

/**
 * Asks every target once, all at the same time, and compares. Writes nothing.
 * @param records undefined where it is not known what apply made
 */
export async function survey(
  config: Config,
  targets: readonly Target[],
  definitions: readonly Definition[],
  records: RecordedObjects | undefined,
): Promise<Survey> {
  const known = knownOf(config, definitions);
  const answers = await Promise.all(
    targets.map(async (target) => {
      const owned: Owned = records?.get(target.system) ?? new Map();
      try {
        return { target, owned, live: await target.live(target.desired(known), owned) };
      } catch (error) {
        if (!isMillraceError(error)) throw error;
        return { target, error };
      }
    }),
  );
  const surveyed: Surveyed[] = [];
  const unasked: Unasked[] = [];
  // In their order: what one target holds, another's desired state may need.
  for (const answer of answers) {
    if (answer.error !== undefined) unasked.push({ target: answer.target, error: answer.error });
    else surveyed.push(compare(answer, known, records !== undefined));
  }
  return { known, surveyed, unasked };
}

/** Is any definition another than the applied one, as far as is known? Then the servers read all SQL again. */
export function definitionsMayChange({ surveyed, unasked }: Survey): boolean {
  const catalogue = surveyed.find(({ target }) => target.system === 'catalogue');
  if (catalogue === undefined) return unasked.length > 0;
  return catalogue.steps.some(({ action }) => action !== 'unchanged');
}

function knownOf(config: Config, definitions: readonly Definition[]): KnownSoFar {
  const held = new Map<string, Fields>();
  const made = new Set<string>();
  const key = (system: System, object: string) => `${system} ${object}`;
  return {
    config,
    names: namesFor(config.env),
    definitions: new Map(definitions.map((definition) => [definition.name, definition])),
    now: new Date(),
    held: (system, object) => held.get(key(system, object)),
    isNew: (system, object) => made.has(key(system, object)),
    learn: (system, object, fields, isNew = false) => {
      held.set(key(system, object), fields);
      if (isNew) made.add(key(system, object));
    },
  };
}

function compare(
  { target, owned, live }: Pick<Surveyed, 'target' | 'owned' | 'live'>,
  known: KnownSoFar,
  isOwnershipKnown: boolean,
): Surveyed {
  const desired = target.desired(known);
  const steps = stepsOf({ target, owned, live }, known, isOwnershipKnown);
  for (const { action, object, live: found } of steps) {
    if (action === 'unchanged' && found !== undefined) known.learn(target.system, object, found.fields);
  }
  return { target, live, owned, steps, leftovers: leftoversOf(target.system, desired, live, owned) };
}

/** What has to be done in one target, as far as it is known now; each step that is refused says why. */
export function stepsOf(
  { target, owned, live }: Pick<Surveyed, 'target' | 'owned' | 'live'>,
  known: Known,
  isOwnershipKnown: boolean,
): Step[] {
  return target.diff(target.desired(known), live, owned).map((step) => {
    const found = step.live;
    const isForeign = isOwnershipKnown && found !== undefined && !isOurs(found, owned.has(step.object));
    return isForeign ? { ...step, isForeign, refusal: target.foreign(step.object, found) } : step;
  });
}

/** The one place that decides whose an object is: by its own mark, else by the record of what apply made. */
function isOurs({ mark }: Live, isRecorded: boolean): boolean {
  return mark === undefined ? isRecorded : mark === 'ours';
}

function leftoversOf(
  system: System,
  desired: readonly Desired[],
  live: ReadonlyMap<string, Live>,
  owned: Owned,
): Step[] {
  const wanted = new Set(desired.map(({ object }) => object));
  return [...live]
    .filter(([object, found]) => !wanted.has(object) && isOurs(found, owned.has(object)))
    .map(([object, found]) => ({
      system,
      object,
      action: 'left',
      differences: [],
      live: found,
      recorded: owned.get(object),
    }));
}
