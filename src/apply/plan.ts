import { connectMariaDb } from '../clients/mariadb.ts';
import type { Config } from '../config.ts';
import type { Definition } from '../definition/definition.ts';
import { isMillraceError } from '../errors.ts';
import { namesFor } from '../names.ts';
import { refuseNewerStore } from '../store/migrate.ts';
import { readObjects, type RecordedObjects } from '../store/objects.ts';
import type { Change, System } from '../targets/target.ts';
import { refuseBusy } from './busy.ts';
import { chooseRetired, type PruneOptions } from './prune.ts';
import { readDefinitions } from './read-definitions.ts';
import { refusedSteps } from './refuse.ts';
import { survey } from './survey.ts';
import { closeTargets, openTargets } from './targets.ts';

/** What apply would do. */
export interface Plan {
  /** One per object that apply would not refuse, those that are as they should be as well. */
  changes: Change[];
  /** What apply would refuse, and with it everything else. */
  refused: { system: System; object: string; why: string }[];
  /** Systems that could not be asked: what would be done there is not known. */
  unknown: { system: System; why: string }[];
}

/**
 * Says what apply would do, compared with what is live. Writes nothing anywhere: no lock, no migration, no scratch
 * schema; needs the rights of a worker and a reader in MariaDB.
 * @throws DEFINITION_INVALID · INPUT_INVALID · CHANGE_UNSUPPORTED (a newer version has been in the store)
 */
export async function plan(config: Config, options: PruneOptions = {}): Promise<Plan> {
  const found = await readDefinitions(config.pipelinesDir);
  return planFor(
    config,
    found.map(({ definition }) => definition),
    options,
  );
}

async function planFor(config: Config, definitions: Definition[], options: PruneOptions): Promise<Plan> {
  const targets = openTargets(config);
  try {
    const surveyed = await survey(config, targets, definitions, await recordsOf(config));
    chooseRetired(surveyed, options);
    await refuseBusy(surveyed);
    return {
      changes: surveyed.surveyed.flatMap(({ steps, leftovers }) =>
        [...steps.filter(({ refusal }) => refusal === undefined), ...leftovers].map(changeOf),
      ),
      refused: refusedSteps(surveyed).map(({ system, object, refusal }) => ({
        system,
        object,
        why: String(refusal),
      })),
      unknown: surveyed.unasked.map(({ target, error }) => ({
        system: target.system,
        why: `${error.code}: ${error.message}`,
      })),
    };
  } finally {
    await closeTargets(targets);
  }
}

/** What apply made; undefined where MariaDB, which alone knows it, is not there. */
async function recordsOf(config: Config): Promise<RecordedObjects | undefined> {
  const names = namesFor(config.env);
  const db = connectMariaDb(config.mariadb, config.mariadb.worker, { connections: 1 });
  try {
    await refuseNewerStore(db, names.storeSchema);
    return (await readObjects(db, names)) ?? new Map();
  } catch (error) {
    if (isMillraceError(error, 'MARIADB_UNAVAILABLE')) return undefined;
    throw error;
  } finally {
    await db.close();
  }
}

function changeOf({ system, object, action, differences, note }: Change): Change {
  return { system, object, action, differences, ...(note === undefined ? {} : { note }) };
}
