import { contentHash } from '../definition/hash.ts';
import { isMillraceError, MillraceError } from '../errors.ts';
import type { ObjectRecord } from '../store/objects.ts';
import { same } from '../targets/difference.ts';
import type { Change, Fields, Outcome, Recorded, Step, Target } from '../targets/target.ts';
import { refuseSteps } from './refuse.ts';
import { stepsOf, type KnownSoFar, type Survey, type Surveyed } from './survey.ts';

export interface CarryOut {
  record: ObjectRecord;
  /** Asked before each step that writes. @throws when apply may not go on */
  check: () => Promise<void>;
  /** Told of each step that is done, and of what was found to be as it should. */
  onChange: (change: Change) => void;
}

/** Makes and updates what is desired, target by target, then retires, in the reverse order. */
export async function carryOut(survey: Survey, by: CarryOut): Promise<Change[]> {
  const changes: Change[] = [];
  const done = ({ system, object, action, differences, note }: Step) => {
    const change = { system, object, action, differences, ...(note === undefined ? {} : { note }) };
    changes.push(change);
    by.onChange(change);
  };
  for (const surveyed of survey.surveyed) {
    // Compared again: the targets before this one have made objects since the survey, and the facts hold them now.
    const steps = stepsOf(surveyed, survey.known, true);
    refuseSteps(steps);
    for (const step of steps) {
      const { note = step.note } = (await make(step, surveyed, survey.known, by)) ?? {};
      done({ ...step, ...(note === undefined ? {} : { note }) });
    }
  }
  for (const surveyed of survey.surveyed) await keepOwnership(surveyed, by.record);
  for (const surveyed of survey.surveyed.toReversed()) {
    for (const step of surveyed.leftovers.toReversed()) {
      if (step.action === 'retire') await retire(step, surveyed.target, by);
      done(step);
    }
    await forgetGone(surveyed, by.record);
  }
  return changes;
}

async function make(
  step: Step,
  { target }: Surveyed,
  known: KnownSoFar,
  { record, check }: CarryOut,
): Promise<Outcome | undefined> {
  const { system, object, action, desired, live, recorded } = step;
  if (desired === undefined) return undefined;
  let outcome: Outcome | undefined;
  if (action !== 'unchanged') {
    await check();
    if (target.isOwnRecord !== true && recorded === undefined)
      await record.record(system, object, { hash: '' });
    outcome = await attempt(target, step).catch(async (error: unknown) => {
      // Somebody else made it since the survey: what was to be ours is not.
      if (recorded === undefined && isMillraceError(error, 'OBJECT_FOREIGN'))
        await record.forget(system, object);
      throw error;
    });
  }
  const learned = outcome?.learned;
  if (target.isOwnRecord !== true && (action !== 'unchanged' || !isRecorded(step))) {
    await record.record(system, object, recordOf(step, learned));
  }
  known.learn(system, object, { ...live?.fields, ...desired.fields, ...learned }, action === 'create');
  return outcome;
}

/** @throws OBJECT_GONE when somebody deleted the object after it was compared */
async function attempt(target: Target, step: Step): Promise<Outcome | undefined> {
  try {
    return await target.carryOut(step);
  } catch (error) {
    const { system, object, action, desired } = step;
    if (action !== 'update' || desired === undefined) throw error;
    const now = await target.live([desired], new Map()).catch(() => undefined);
    if (now === undefined || now.has(object)) throw error;
    throw new MillraceError(
      'OBJECT_GONE',
      `Somebody deleted '${object}' (${system}) while apply was at work. Apply again; it goes on where this one stopped.`,
      { cause: error, context: { system, object } },
    );
  }
}

function recordOf({ desired, recorded }: Step, learned: Fields | undefined): Recorded {
  const { fields = {}, unseen = {} } = desired ?? {};
  const made = { fields, unseen, learned: learned ?? recorded?.made?.learned ?? {} };
  return { hash: contentHash({ fields, unseen }), made };
}

/** Does the record say already from what the object was made? */
function isRecorded({ desired, recorded }: Step): boolean {
  const made = recorded?.made;
  if (made === undefined || desired === undefined) return false;
  const known: Fields = { ...made.learned, ...made.fields };
  const isWhole = Object.entries(desired.fields).every(([name, value]) => same(value, known[name]));
  return isWhole && same(desired.unseen ?? {}, made.unseen);
}

async function retire(step: Step, target: Target, { record, check }: CarryOut): Promise<void> {
  const { system, object, recorded } = step;
  const isRecorded = target.isOwnRecord !== true;
  await check();
  // Should apply be cut here, what is gone was not deleted by anybody else.
  if (isRecorded && recorded !== undefined) await record.record(system, object, { ...recorded, hash: '' });
  await target.carryOut(step);
  if (isRecorded) await record.forget(system, object);
}

/** In place of a hash: it was never compared with a definition. */
const KEPT = 'kept';

/** What stays is ours by a record of its own, also when what told so goes: a datasource without its supervisor. */
async function keepOwnership({ target, leftovers }: Surveyed, record: ObjectRecord): Promise<void> {
  if (target.isOwnRecord === true) return;
  for (const { action, system, object, recorded, live } of leftovers) {
    if (action === 'retire' || (recorded !== undefined && !isOfEarlier(recorded))) continue;
    const made = { fields: {}, unseen: {}, learned: live?.toRemember ?? {} };
    await record.record(system, object, { hash: KEPT, made });
  }
}

/** Earlier versions recorded a hash alone: a fast one, over what an object was made from, a password too. */
function isOfEarlier({ hash, made }: Recorded): boolean {
  return made === undefined && hash !== '';
}

/** What neither a definition asks for nor is there any more: somebody deleted it. */
async function forgetGone({ target, live, owned, steps }: Surveyed, record: ObjectRecord): Promise<void> {
  const wanted = new Set(steps.map(({ object }) => object));
  for (const object of owned.keys()) {
    if (!wanted.has(object) && !live.has(object)) await record.forget(target.system, object);
  }
}
