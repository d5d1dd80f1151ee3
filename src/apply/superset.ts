import { connectMariaDb } from '../clients/mariadb.ts';
import { connectSuperset, type LiveDataset, type SupersetClient } from '../clients/superset.ts';
import type { Config } from '../config.ts';
import type { Definition } from '../define/definition.ts';
import { isMillraceError, MillraceError } from '../errors.ts';
import type { Names } from '../names.ts';
import { CLAIMED, type Change, type Ownership } from './desired.ts';
import type { Asset } from './superset/asset.ts';
import { dashboardAssets, type DashboardAsset } from './superset/dashboards.ts';
import { databaseAssets, type DatabaseAsset } from './superset/databases.ts';
import { datasetAssets, datasetObject, withAdditions, type DatasetAsset } from './superset/datasets.ts';
import { zipOf } from './superset/zip.ts';

interface SupersetTarget {
  config: Config;
  names: Names;
  ownership: Ownership;
}

/** Everything of this env that Superset should hold. */
interface Desired {
  databases: DatabaseAsset[];
  datasets: DatasetAsset[];
  dashboards: DashboardAsset[];
}

/** What Superset holds under our names, by object. */
type Live = Map<string, { uuid: string; id: number }>;

/**
 * Makes and keeps, in Superset, both databases, a dataset for every definition, and the dashboards whose datasets
 * are all there. What is there and the same as at the last apply is not written: people's own changes stay. Their
 * own charts and dashboards are never touched, and what they added to a dataset survives its update.
 * @throws SUPERSET_UNAVAILABLE · SUPERSET_REFUSED · OBJECT_FOREIGN · DEFINITION_INVALID (a dashboard's file)
 */
export async function applySuperset(target: SupersetTarget, definitions: Definition[]): Promise<Change[]> {
  const { config, ownership } = target;
  if (config.superset === undefined) return [];
  const desired = await desiredAssets(target, config.superset, definitions);
  const superset = await connectSuperset(config.superset);
  const live = await liveObjects(superset, desired);
  const owned = await ownership.hashes('superset');
  const all = [...desired.databases, ...desired.datasets, ...desired.dashboards];
  for (const asset of all) refuseForeign(asset, live, owned);

  const due = all.filter((asset) => isDue(asset, live, owned, desired.dashboards));
  if (due.length > 0) await write(superset, ownership, due, { desired, live });
  return all.map((asset) => {
    const action = !due.includes(asset) ? 'unchanged' : live.has(asset.object) ? 'update' : 'create';
    return { system: 'superset', object: asset.object, action };
  });
}

async function desiredAssets(
  { config, names }: SupersetTarget,
  superset: NonNullable<Config['superset']>,
  definitions: Definition[],
): Promise<Desired> {
  const reader = connectMariaDb(config.mariadb, config.mariadb.reader, { connections: 1 });
  try {
    return {
      databases: databaseAssets(config, superset, names),
      datasets: await datasetAssets(definitions, { config, names, reader }),
      dashboards: dashboardAssets(
        config.dashboardsDir,
        definitions.map(({ name }) => name),
        names,
      ),
    };
  } finally {
    await reader.close();
  }
}

/** Found by what Superset holds unique (title, table, slug), so that somebody else's object is seen, too. */
async function liveObjects(superset: SupersetClient, desired: Desired): Promise<Live> {
  const live: Live = new Map();
  const databases = await superset.databases();
  const datasets = new Map<string, LiveDataset[]>();
  for (const asset of desired.databases) {
    const found = databases.find(
      ({ uuid, database_name: title }) => uuid === asset.uuid || title === asset.title,
    );
    if (found === undefined) continue;
    live.set(asset.object, found);
    datasets.set(asset.server, await superset.datasets(found.id));
  }
  for (const asset of desired.datasets) {
    const found = datasets
      .get(asset.server)
      ?.find(
        (one) => one.uuid === asset.uuid || (one.table_name === asset.table && one.schema === asset.schema),
      );
    if (found !== undefined) live.set(asset.object, found);
  }
  const dashboards = desired.dashboards.length > 0 ? await superset.dashboards() : [];
  for (const asset of desired.dashboards) {
    const found = dashboards.find(({ uuid, slug }) => uuid === asset.uuid || slug === asset.slug);
    if (found !== undefined) live.set(asset.object, found);
  }
  return live;
}

function refuseForeign(asset: Asset, live: Live, owned: Map<string, string>): void {
  const found = live.get(asset.object);
  if (found === undefined || (owned.has(asset.object) && found.uuid === asset.uuid)) return;
  throw new MillraceError(
    'OBJECT_FOREIGN',
    `Superset already has what would be our ${asset.object} (its id is ${found.id}), and millrace did not make it. Rename or delete it in Superset, then apply again.`,
    { context: { system: 'superset', object: asset.object, id: found.id } },
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
  try {
    await superset.importAssets(zipOf(files), Object.assign({}, ...passwords) as Record<string, string>);
  } catch (error) {
    throw withHint(error);
  }
  for (const asset of due) await ownership.record('superset', asset.object, asset.hash);
}

/** Superset says only 500 to what its SQLite metadata cannot hold: two datasets of one table name, in any databases. */
function withHint(error: unknown): unknown {
  if (!isMillraceError(error, 'SUPERSET_REFUSED')) return error;
  return new MillraceError(
    'SUPERSET_REFUSED',
    `${error.message.slice(0, 300)} Its log says why ('millrace stack logs superset'). If another env has tables of the same names: a Superset on SQLite cannot hold datasets of both; set MILLRACE_SUPERSET_URL= (empty) for this env, or give Superset another database for its metadata.`,
    { cause: error },
  );
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
