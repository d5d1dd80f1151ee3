import { driftsOf } from '../../apply/drift.ts';
import type { Config } from '../../config.ts';
import type { Definition } from '../../definition/definition.ts';
import { readObjects } from '../../store/objects.ts';
import type { Desired, Live, Step, Target } from '../../targets/target.ts';
import { listed } from '../changes.ts';
import { asked, type Look } from './look.ts';

/**
 * How each object that one target should hold for these definitions differs from what apply last made of it, by its
 * name. None where the target does not answer, which is a problem.
 */
export async function driftsByObject<D extends Desired, L extends Live>(
  look: Look,
  open: (config: Config) => Target<D, L>,
  definitions: readonly Definition[],
): Promise<Map<string, Step<D, L>>> {
  const { config, names, db } = look;
  const target = open(config);
  const known = {
    config,
    names,
    definitions: new Map(definitions.map((definition) => [definition.name, definition])),
    now: new Date(),
    held: () => undefined,
    isNew: () => false,
  };
  try {
    const steps = await asked(look, async () => driftsOf(target, known, await readObjects(db, names)));
    return new Map(steps.map((step) => [step.object, step]));
  } finally {
    await target.close();
  }
}

/** What an object is called, and what does not happen without it. */
export interface Called {
  what: string;
  without: string;
}

/** What is wrong with an object and what to do, as a person reads it; undefined where it is as apply made it. */
export function driftText(
  { action, differences }: Pick<Step, 'action' | 'differences'>,
  { what, without }: Called,
): string | undefined {
  if (action === 'create') return `${what} is not there, so ${without}: 'npx millrace apply' makes it again`;
  if (action !== 'update') return undefined;
  return `${what} is not as apply made it${listed(differences)}: 'npx millrace apply' puts it back`;
}
