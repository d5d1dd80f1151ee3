import { connectDruid } from '../clients/druid.ts';
import { createKafkaClient } from '../clients/kafka.ts';
import { connectMariaDb, type Database } from '../clients/mariadb.ts';
import { connectTemporal } from '../clients/temporal.ts';
import type { Config } from '../config.ts';
import { viewsInOrder } from '../define/check.ts';
import { isLoaded, ofKind, type Definition } from '../define/definition.ts';
import { definitionHash } from '../define/hash.ts';
import { MillraceError } from '../errors.ts';
import { namesFor, type Names } from '../names.ts';
import { applySchedules, refuseForeignSchedules } from '../schedules/apply.ts';
import { catalogueIn } from '../store/catalogue.ts';
import { migrate } from '../store/migrate.ts';
import { checkSql } from './check-sql.ts';
import { CLAIMED, ownershipIn, type Change } from './desired.ts';
import { applyDruid, druidConsumerProperties, refuseForeignSupervisors } from './druid.ts';
import { applyKafka, unclaimedTopics } from './kafka.ts';
import { applyTables, applyViews, ensureSchema, refuseTables } from './mariadb.ts';
import { readDefinitions } from './read-definitions.ts';
import { refuseReshaped } from './reshaped.ts';
import { applySuperset, refuseForeignSuperset } from './superset.ts';

/**
 * Makes every system what the definitions in `pipelines/` say. Running it again changes nothing.
 *
 * Everything is validated first, here and by the servers; only then is anything changed, in an order in which each
 * part finds what it needs: topics, tables, supervisors, views, the catalogue, schedules, datasets.
 * @returns what was changed, and what was found to be as it should
 * @throws DEFINITION_INVALID, SQL_INVALID, OBJECT_FOREIGN, CHANGE_UNSUPPORTED, APPLY_RUNNING, SUPERSET_UNAVAILABLE
 *   (nothing was changed)
 */
export async function apply(config: Config): Promise<Change[]> {
  const definitions = (await readDefinitions(config.pipelinesDir)).map(({ definition }) => definition);
  const names = namesFor(config.env);
  // One connection: the lock belongs to it.
  const admin = connectMariaDb(config.mariadb, config.mariadb.admin, { connections: 1 });
  try {
    await holdLock(admin, names);
    return await applyDefinitions(config, names, admin, definitions);
  } finally {
    await admin.close();
  }
}

/** Makes the env's schemas, so that somebody else's tables can be put there before the first apply. */
export async function prepareSchemas(config: Config): Promise<void> {
  const names = namesFor(config.env);
  const admin = connectMariaDb(config.mariadb, config.mariadb.admin, { connections: 1 });
  try {
    await holdLock(admin, names);
    await migrate(admin, names.storeSchema);
    await ensureSchema({ admin, names, reader: config.mariadb.reader.user });
  } finally {
    await admin.close();
  }
}

async function applyDefinitions(
  config: Config,
  names: Names,
  admin: Database,
  definitions: Definition[],
): Promise<Change[]> {
  await migrate(admin, names.storeSchema);
  const mariadb = { admin, names, ownership: ownershipIn(admin, names), reader: config.mariadb.reader.user };
  await ensureSchema(mariadb);
  const druid = connectDruid(config.druid);
  const byName = new Map(definitions.map((definition) => [definition.name, definition]));
  const views = viewsInOrder(definitions);
  const catalogue = catalogueIn(admin, names);
  const changed = await changedDefinitions(catalogue, definitions);
  refuseReshaped(await catalogue.all(), changed);
  if (changed.length > 0) await checkSql({ druid, admin, names }, byName, views);

  const streams = ofKind(definitions, 'stream');
  const tables = definitions.filter(isLoaded);
  const kafka = createKafkaClient(config.kafka, `millrace-apply-${names.env}`);
  const temporal = await connectTemporal(config);
  try {
    await refuseTables(mariadb, tables, views);
    await refuseForeignSupervisors({ ...mariadb, druid }, streams);
    await refuseForeignSchedules({ temporal, names }, tables);
    await refuseForeignSuperset({ ...mariadb, config }, definitions);
    for (const topic of await unclaimedTopics({ ...mariadb, kafka }, streams)) {
      await mariadb.ownership.record('kafka', topic, CLAIMED);
    }
    return [
      ...(await applyKafka({ kafka, names }, streams)),
      ...(await applyTables(mariadb, tables)),
      ...(await applyDruid(
        { ...mariadb, druid, consumerProperties: druidConsumerProperties(config.kafka) },
        streams,
      )),
      ...(await applyViews(mariadb, views, byName)),
      ...(await applyCatalogue(catalogue, definitions, changed)),
      ...(await applySchedules({ temporal, names }, tables)),
      ...(await applySuperset({ ...mariadb, config }, definitions)),
    ];
  } finally {
    await kafka.close();
    await temporal.connection.close();
  }
}

async function changedDefinitions(
  catalogue: ReturnType<typeof catalogueIn>,
  definitions: Definition[],
): Promise<Definition[]> {
  const applied = await catalogue.all();
  return definitions.filter(
    (definition) => applied.get(definition.name)?.hash !== definitionHash(definition),
  );
}

async function applyCatalogue(
  catalogue: ReturnType<typeof catalogueIn>,
  definitions: Definition[],
  changed: Definition[],
): Promise<Change[]> {
  const before = await catalogue.all();
  if (changed.length > 0) await catalogue.put(changed);
  const known = new Set(definitions.map(({ name }) => name));
  const left = [...before.values()].filter(({ definition }) => !known.has(definition.name));
  const found = definitions.map((definition): Change => {
    const isChanged = changed.includes(definition);
    const action = !isChanged ? 'unchanged' : before.has(definition.name) ? 'update' : 'create';
    return { system: 'catalogue', object: `${definition.kind} ${definition.name}`, action };
  });
  return [
    ...found,
    ...left.map(({ definition }): Change => ({
      system: 'catalogue',
      object: `${definition.kind} ${definition.name}`,
      action: 'left',
    })),
  ];
}

async function holdLock(admin: Database, names: Names): Promise<void> {
  const [row] = await admin.query('SELECT GET_LOCK(?, 10) AS held', [names.applyLock]);
  if (Number(row?.['held']) === 1) return;
  throw new MillraceError(
    'APPLY_RUNNING',
    `Another apply to env '${names.env}' is running (for 10 s and more). Wait for it, then apply again.`,
  );
}
