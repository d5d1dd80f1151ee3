import { connectDruid } from '../clients/druid.ts';
import { createKafkaClient } from '../clients/kafka/index.ts';
import { connectMariaDb, type Database } from '../clients/mariadb.ts';
import { connectTemporal } from '../clients/temporal.ts';
import type { Config } from '../config.ts';
import { viewsInOrder } from '../define/check.ts';
import { isLoaded, ofKind, type Definition } from '../definition/definition.ts';
import { namesFor, type Names } from '../names.ts';
import { applySchedules, refuseForeignSchedules } from '../schedules/apply.ts';
import { catalogueIn } from '../store/catalogue.ts';
import { migrate } from '../store/migrate.ts';
import { checkSql } from './check-sql.ts';
import { hashesOf } from './hashes.ts';
import { CLAIMED, ownershipIn, type Change } from './desired.ts';
import { applyDruid, druidConsumerProperties, refuseForeignSupervisors } from './druid.ts';
import { applyKafka, unclaimedTopics } from './kafka.ts';
import { holdLock, refuseLostLock } from './lock.ts';
import { applyTables, applyViews, ensureSchema, refuseTables } from './mariadb.ts';
import { readDefinitions, type FoundDefinition } from './read-definitions.ts';
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
  const found = await readDefinitions(config.pipelinesDir);
  const names = namesFor(config.env);
  // One connection: the lock belongs to it.
  const admin = connectMariaDb(config.mariadb, config.mariadb.admin, { connections: 1 });
  try {
    await holdLock(admin, names);
    return await applyDefinitions(config, names, admin, found);
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
  found: FoundDefinition[],
): Promise<Change[]> {
  const definitions = found.map(({ definition }) => definition);
  const files = new Map(found.map(({ definition, file }) => [definition.name, file]));
  await migrate(admin, names.storeSchema);
  const mariadb = { admin, names, ownership: ownershipIn(admin, names), reader: config.mariadb.reader.user };
  await ensureSchema(mariadb);
  const druid = connectDruid(config.druid);
  const byName = new Map(definitions.map((definition) => [definition.name, definition]));
  const views = viewsInOrder(definitions);
  const catalogue = catalogueIn(admin, names);
  await catalogue.carryOver((definition) => hashesOf(definition).dataHash);
  const changed = await changedDefinitions(catalogue, definitions);
  refuseReshaped(await catalogue.all(), changed);
  if (changed.length > 0) await checkSql({ druid, admin, names, files }, byName, views);

  const streams = ofKind(definitions, 'stream');
  const tables = definitions.filter(isLoaded);
  const kafka = createKafkaClient(config.kafka, `millrace-apply-${names.env}`);
  const temporal = await connectTemporal(config);
  try {
    await refuseTables(mariadb, tables, views);
    await refuseForeignSupervisors({ ...mariadb, druid }, streams);
    await refuseForeignSchedules({ temporal, names }, tables);
    await refuseForeignSuperset({ ...mariadb, config }, definitions);
    await refuseLostLock(admin, names);
    for (const topic of await unclaimedTopics({ ...mariadb, kafka }, streams)) {
      await mariadb.ownership.record('kafka', topic, CLAIMED);
    }
    const consumerProperties = druidConsumerProperties(config.kafka);
    const steps = [
      () => applyKafka({ kafka, names }, streams),
      () => applyTables(mariadb, tables),
      () => applyDruid({ ...mariadb, druid, consumerProperties }, streams),
      () => applyViews(mariadb, views, byName),
      () => applyCatalogue(catalogue, definitions, changed),
      () => applySchedules({ temporal, names }, tables),
      () => applySuperset({ ...mariadb, config }, definitions),
    ];
    const changes: Change[] = [];
    for (const step of steps) {
      await refuseLostLock(admin, names);
      changes.push(...(await step()));
    }
    return changes;
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
  return definitions.filter((definition) => applied.get(definition.name)?.hash !== hashesOf(definition).hash);
}

async function applyCatalogue(
  catalogue: ReturnType<typeof catalogueIn>,
  definitions: Definition[],
  changed: Definition[],
): Promise<Change[]> {
  const before = await catalogue.all();
  if (changed.length > 0)
    await catalogue.put(changed.map((definition) => ({ definition, ...hashesOf(definition) })));
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
