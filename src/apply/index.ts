import { connectDruid } from '../clients/druid.ts';
import { connectMariaDb, type Database } from '../clients/mariadb.ts';
import type { Config } from '../config.ts';
import { namesFor, type Names } from '../names.ts';
import { catalogueIn } from '../store/catalogue.ts';
import { migrate } from '../store/migrate.ts';
import { objectsIn, readObjects } from '../store/objects.ts';
import { projectIn } from '../store/project.ts';
import { ensureSchema } from '../targets/mariadb/schema.ts';
import type { Change, Target } from '../targets/target.ts';
import { refuseBusy } from './busy.ts';
import { carryOut } from './carry-out.ts';
import { checkSql } from './check-sql/index.ts';
import { hashesOf } from './hashes.ts';
import { holdLock, refuseLostLock } from './lock.ts';
import { openProject } from './open-project.ts';
import { chooseRetired, type PruneOptions } from './prune.ts';
import { filesOf, type FoundDefinition } from './read-definitions.ts';
import { refuseOtherProject } from './env-of-project.ts';
import { refuse } from './refuse.ts';
import { definitionsMayChange, survey } from './survey.ts';
import { closeTargets } from './targets.ts';

export type { Change } from '../targets/target.ts';

export interface ApplyOptions extends PruneOptions {
  /** The env belongs to this project from now on, whichever it belonged to. */
  takeOver?: boolean;
  /** Told of each object when it is done, or was found to be as it should. */
  onChange?: (change: Change) => void;
  /**
   * Shown all that no file defines any more, before anything of it is retired. Not asked where nothing would be.
   * @returns false: nothing is to be changed
   */
  confirm?: (leftovers: Change[]) => Promise<boolean>;
}

/**
 * Makes every system what the definitions in `pipelines/` say. Running it again changes nothing.
 *
 * First apply migrates its own store. Then everything is validated, here and by the servers; only then are the systems
 * changed, in the order of `TARGETS`.
 * Each system is asked once. Every field that we set is compared with the live object: one that was changed by hand
 * is put back.
 * @returns what was changed, and what was found to be as it should; [] when it was not confirmed
 * @throws DEFINITION_INVALID, SQL_INVALID, INPUT_INVALID, OBJECT_FOREIGN, ENV_TAKEN, CHANGE_UNSUPPORTED, APPLY_RUNNING,
 *   and what a server says that is not there (nothing was changed) · OBJECT_GONE
 */
export async function apply(config: Config, options: ApplyOptions = {}): Promise<Change[]> {
  const { found, targets } = await openProject(config);
  const names = namesFor(config.env);
  // One connection: the lock belongs to it.
  const admin = connectMariaDb(config.mariadb, config.mariadb.admin, { connections: 1 });
  try {
    await holdLock(admin, names);
    await migrate(admin, names.storeSchema);
    if (options.takeOver !== true) await refuseOtherProject(admin, names, config.project);
    await catalogueIn(admin, names).carryOver((definition) => hashesOf(definition).dataHash);
    return await applyTo(targets, { config, names, admin, found, options });
  } finally {
    await admin.close();
    await closeTargets(targets);
  }
}

/** Makes the env's schemas, so that somebody else's tables can be put there before the first apply. */
export async function prepareSchemas(config: Config): Promise<void> {
  const names = namesFor(config.env);
  const admin = connectMariaDb(config.mariadb, config.mariadb.admin, { connections: 1 });
  try {
    await holdLock(admin, names);
    await migrate(admin, names.storeSchema);
    await ensureSchema(admin, names, config.mariadb.reader.user);
  } finally {
    await admin.close();
  }
}

interface Applied {
  config: Config;
  names: Names;
  admin: Database;
  found: FoundDefinition[];
  options: ApplyOptions;
}

async function applyTo(
  targets: readonly Target[],
  { config, names, admin, found, options }: Applied,
): Promise<Change[]> {
  const definitions = found.map(({ definition }) => definition);
  const surveyed = await survey(config, targets, definitions, await readObjects(admin, names));
  chooseRetired(surveyed, options);
  await refuseBusy(surveyed);
  refuse(surveyed);
  if (definitionsMayChange(surveyed)) {
    const check = { druid: connectDruid(config.druid), admin, names, files: filesOf(found) };
    await checkSql(check, surveyed.known.definitions);
  }
  const leftovers = surveyed.surveyed.flatMap((one) => one.leftovers);
  const retires = leftovers.some(({ action }) => action === 'retire');
  if (retires && (await options.confirm?.(leftovers)) === false) return [];
  const check = () => refuseLostLock(admin, names);
  await check();
  if (config.project.name !== undefined) await projectIn(admin, names).record(config.project.name);
  return carryOut(surveyed, {
    record: objectsIn(admin, names),
    check,
    onChange: options.onChange ?? (() => undefined),
  });
}
