import { connectMariaDb } from '../clients/mariadb.ts';
import { connectSuperset, type LiveDataset, type SupersetClient } from '../clients/superset.ts';
import type { Config } from '../config.ts';
import type { Definition } from '../definition/definition.ts';
import { MillraceError } from '../errors.ts';
import type { Names } from '../names.ts';
import { CLAIMED, type Change, type Ownership } from './desired.ts';
import type { Asset } from './superset/asset.ts';
import { dashboardAssets, type DashboardAsset } from './superset/dashboards.ts';
import { databaseAssets, type DatabaseAsset } from './superset/databases.ts';
import {
  datasetAssets,
  datasetObject,
  datasetPlace,
  withAdditions,
  type DatasetAsset,
  type DatasetPlace,
} from './superset/datasets.ts';
import { zipOf } from './superset/zip.ts';

interface SupersetTarget {
  config: Config;
  names: Names;
  ownership: Ownership;
}

/** What is to be found in Superset, whatever is in it. */
interface Places {
  databases: DatabaseAsset[];
  datasets: DatasetPlace[];
  dashboards: DashboardAsset[];
}

/** Everything of this env that Superset should hold. */
interface Desired extends Places {
  datasets: DatasetAsset[];
}

/** What Superset holds under our names, by object. */
type Live = Map<string, { uuid: string; id: number }>;

/** @throws DEFINITION_INVALID (a dashboard's file) · OBJECT_FOREIGN · SUPERSET_UNAVAILABLE · SUPERSET_REFUSED */
export async function refuseForeignSuperset(
  target: SupersetTarget,
  definitions: Definition[],
): Promise<void> {
  if (target.config.superset === undefined) return;
  const places = desiredPlaces(target, target.config.superset, definitions);
  await ownObjects(await connectSuperset(target.config.superset), target.ownership, places);
}

/**
 * Makes and keeps, in Superset, both databases, a dataset for every definition, and the dashboards whose datasets
 * are all there. What is there and the same as at the last apply is not written: people's own changes stay. Their
 * own charts and dashboards are never touched, and what they added to a dataset survives its update.
 * @throws SUPERSET_UNAVAILABLE · SUPERSET_REFUSED · OBJECT_FOREIGN (made since the refusals)
 */
export async function applySuperset(target: SupersetTarget, definitions: Definition[]): Promise<Change[]> {
  const { config, ownership } = target;
  if (config.superset === undefined) return [];
  const places = desiredPlaces(target, config.superset, definitions);
  const desired = { ...places, datasets: await desiredDatasets(target, definitions) };
  const superset = await connectSuperset(config.superset);
  const { live, owned } = await ownObjects(superset, ownership, desired);
  const all = [...desired.databases, ...desired.datasets, ...desired.dashboards];

  const due = all.filter((asset) => isDue(asset, live, owned, desired.dashboards));
  if (due.length > 0) await write(superset, ownership, due, { desired, live });
  return all.map((asset) => {
    const action = !due.includes(asset) ? 'unchanged' : live.has(asset.object) ? 'update' : 'create';
    return { system: 'superset', object: asset.object, action };
  });
}

function desiredPlaces(
  { config, names }: SupersetTarget,
  superset: NonNullable<Config['superset']>,
  definitions: Definition[],
): Places {
  return {
    databases: databaseAssets(config, superset, names),
    datasets: definitions.map((definition) => datasetPlace(definition, names)),
    dashboards: dashboardAssets(
      config.dashboardsDir,
      definitions.map(({ name }) => name),
      names,
    ),
  };
}

async function desiredDatasets(
  { config, names }: SupersetTarget,
  definitions: Definition[],
): Promise<DatasetAsset[]> {
  const reader = connectMariaDb(config.mariadb, config.mariadb.reader, { connections: 1 });
  try {
    return await datasetAssets(definitions, { config, names, reader });
  } finally {
    await reader.close();
  }
}

/** @throws OBJECT_FOREIGN */
async function ownObjects(
  superset: SupersetClient,
  ownership: Ownership,
  places: Places,
): Promise<{ live: Live; owned: Map<string, string> }> {
  const live = await liveObjects(superset, places);
  const owned = await ownership.hashes('superset');
  const all = [...places.databases, ...places.datasets, ...places.dashboards];
  for (const place of all) refuseForeign(place, live, owned);
  return { live, owned };
}

/** Found by what Superset holds unique (title, table, slug), so that somebody else's object is seen, too. */
async function liveObjects(superset: SupersetClient, places: Places): Promise<Live> {
  const live: Live = new Map();
  const databases = await superset.databases();
  const datasets = new Map<string, LiveDataset[]>();
  for (const { object, uuid, server, title } of places.databases) {
    const found = databases.find((one) => one.uuid === uuid || one.database_name === title);
    if (found === undefined) continue;
    live.set(object, found);
    datasets.set(server, await superset.datasets(found.id));
  }
  for (const { object, uuid, server, table, schema } of places.datasets) {
    const found = datasets
      .get(server)
      ?.find((one) => one.uuid === uuid || (one.table_name === table && one.schema === schema));
    if (found !== undefined) live.set(object, found);
  }
  const dashboards = places.dashboards.length > 0 ? await superset.dashboards() : [];
  for (const { object, uuid, slug } of places.dashboards) {
    const found = dashboards.find((one) => one.uuid === uuid || one.slug === slug);
    if (found !== undefined) live.set(object, found);
  }
  return live;
}

function refuseForeign(
  { object, uuid }: Pick<Asset, 'object' | 'uuid'>,
  live: Live,
  owned: Map<string, string>,
): void {
  const found = live.get(object);
  if (found === undefined || (owned.has(object) && found.uuid === uuid)) return;
  throw new MillraceError(
    'OBJECT_FOREIGN',
    `Superset already has what would be our ${object} (its id is ${found.id}), and millrace did not make it. Rename or delete it in Superset, then apply again.`,
    { context: { system: 'superset', object, id: found.id } },
  );
}

function isDue(asset: Asset, live: Live, owned: Map<string, string>, dashboards: DashboardAsset[]): boolean {
  if (!live.has(asset.object) || owned.get(asset.object) !== asset.hash) return true;
  // A dataset that is made again has another id: the charts on it have to be told.
  const dashboard = dashboards.find(({ object }) => object === asset.object);
  return dashboard?.reads.some((name) => !live.has(datasetObject(name))) ?? false;
}

async function write(
  superset: SupersetClient,
  ownership: Ownership,
  due: Asset[],
  { desired, live }: { desired: Desired; live: Live },
): Promise<void> {
  const files = new Map([
    [
      'bundle/metadata.yaml',
      JSON.stringify({ version: '1.0.0', type: 'assets', timestamp: '2026-01-01T00:00:00+00:00' }),
    ],
  ]);
  for (const asset of due) {
    const content = await keepingAdditions(superset, asset, { desired, live });
    for (const [path, file] of Object.entries(content.files))
      files.set(`bundle/${path}`, JSON.stringify(file));
  }
  const passwords = desired.databases.filter((asset) => due.includes(asset)).map((asset) => asset.passwords);
  // Ours from now on, whatever becomes of the import: an apply that dies between here and there can be repeated.
  for (const asset of due) await ownership.record('superset', asset.object, CLAIMED);
  await superset.importAssets(zipOf(files), Object.assign({}, ...passwords) as Record<string, string>);
  for (const asset of due) await ownership.record('superset', asset.object, asset.hash);
}

async function keepingAdditions(
  superset: SupersetClient,
  asset: Asset,
  { desired, live }: { desired: Desired; live: Live },
): Promise<Asset> {
  const dataset = desired.datasets.find(({ object }) => object === asset.object);
  const found = live.get(asset.object);
  if (dataset === undefined || found === undefined) return asset;
  return withAdditions(dataset, await superset.datasetContent(found.id));
}
