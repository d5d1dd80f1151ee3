import { connectDruid } from '../clients/druid.ts';
import { connectMariaDb } from '../clients/mariadb.ts';
import type { Config } from '../config.ts';
import { isMillraceError } from '../errors.ts';
import { namesFor } from '../names.ts';
import { refuseNewerStore } from '../store/migrate.ts';
import { readObjects, type RecordedObjects } from '../store/objects.ts';
import type { Change, System, Target } from '../targets/target.ts';
import { refuseBusy } from './busy.ts';
import { lookAtSql, type SqlSeen, type Unchecked } from './check-sql/look.ts';
import type { Files } from './check-sql/problem.ts';
import { openProject } from './open-project.ts';
import { chooseRetired, type PruneOptions } from './prune.ts';
import { refuseOtherProject } from './env-of-project.ts';
import { filesOf, type FoundDefinition } from './read-definitions.ts';
import { refusedSteps } from './refuse.ts';
import { definitionsMayChange, survey, type Survey } from './survey.ts';
import { closeTargets } from './targets.ts';

/** What apply would do. */
export interface Plan {
  /** One per object that apply would not refuse, those that are as they should be as well. */
  changes: Change[];
  /** What apply would refuse, and with it everything else. */
  refused: { system: System; object: string; why: string }[];
  /** Systems that could not be asked: what would be done there is not known. */
  unknown: { system: System; why: string }[];
  /** SQL that only apply can check, or that a server which is down was to check. */
  unchecked: Unchecked[];
}

/**
 * Says what apply would do, compared with what is live. Writes nothing anywhere: no lock, no migration, no scratch
 * schema; needs the rights of a worker and a reader in MariaDB.
 * @throws DEFINITION_INVALID · INPUT_INVALID · CHANGE_UNSUPPORTED (a newer version has been in the store)
 */
export async function plan(config: Config, options: PruneOptions = {}): Promise<Plan> {
  const { found, targets } = await openProject(config);
  try {
    return await planFor(config, targets, found, options);
  } finally {
    await closeTargets(targets);
  }
}

async function planFor(
  config: Config,
  targets: readonly Target[],
  found: readonly FoundDefinition[],
  options: PruneOptions,
): Promise<Plan> {
  const definitions = found.map(({ definition }) => definition);
  const surveyed = await survey(config, targets, definitions, await recordsOf(config));
  chooseRetired(surveyed, options);
  await refuseBusy(surveyed);
  const sql = definitionsMayChange(surveyed)
    ? await sqlSeen(config, surveyed, filesOf(found))
    : { problems: [], unchecked: [] };
  return {
    changes: surveyed.surveyed.flatMap(({ steps, leftovers }) =>
      [...steps.filter(({ refusal }) => refusal === undefined), ...leftovers].map(changeOf),
    ),
    refused: [
      ...refusedSteps(surveyed).map(({ system, object, refusal }) => {
        return { system, object, why: String(refusal) };
      }),
      ...sql.problems.map(({ system, object, text }) => ({ system, object, why: text })),
    ],
    unknown: surveyed.unasked.map(({ target, error }) => ({
      system: target.system,
      why: `${error.code}: ${error.message}`,
    })),
    unchecked: sql.unchecked,
  };
}

async function sqlSeen({ druid, mariadb, env }: Config, { known }: Survey, files: Files): Promise<SqlSeen> {
  const worker = connectMariaDb(mariadb, mariadb.worker, { connections: 1 });
  const reader = connectMariaDb(mariadb, mariadb.reader, { connections: 1 });
  try {
    const look = { druid: connectDruid(druid), worker, reader, names: namesFor(env), files };
    return await lookAtSql(look, known.definitions);
  } finally {
    await Promise.all([worker.close(), reader.close()]);
  }
}

/** What apply made; undefined where MariaDB, which alone knows it, is not there. */
async function recordsOf(config: Config): Promise<RecordedObjects | undefined> {
  const names = namesFor(config.env);
  const db = connectMariaDb(config.mariadb, config.mariadb.worker, { connections: 1 });
  try {
    await refuseNewerStore(db, names.storeSchema);
    await refuseOtherProject(db, names, config.project);
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
