import type { RecordedObjects } from '../store/objects.ts';
import type { Desired, Known, Live, Owned, Recorded, Step, Target } from '../targets/target.ts';

/**
 * Compares what a target holds now with what apply last made there, by the target's own diff. Writes nothing.
 *
 * What a definition, another setting or another version would change is no drift: `plan` says that. An object of which
 * it is not recorded how apply made it is compared with what should be there.
 * @returns one step per object that should be there: `create` where it is absent, `update` where it differs
 */
export async function driftsOf<D extends Desired, L extends Live>(
  target: Target<D, L>,
  known: Known,
  records: RecordedObjects | undefined,
): Promise<Step<D, L>[]> {
  const owned: Owned = records?.get(target.system) ?? new Map();
  const made = target.desired(known).map((one) => asMade(one, owned.get(one.object)));
  return target.diff(made, await target.live(made, owned), owned);
}

function asMade<D extends Desired>(desired: D, recorded: Recorded | undefined): D {
  const made = recorded?.made;
  return made === undefined ? desired : { ...desired, fields: made.fields, unseen: made.unseen };
}
