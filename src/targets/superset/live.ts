import type { DatasetContent } from '../../clients/superset-content.ts';
import type { LiveDataset, SupersetClient } from '../../clients/superset.ts';
import type { Live, Owned } from '../target.ts';
import { uuidOf } from './asset.ts';
import { liveDashboardFields } from './dashboard-fields.ts';
import type { DashboardAsset } from './dashboards.ts';
import { databaseFields, type DatabaseAsset } from './databases.ts';
import { datasetFields, type DatasetAsset } from './datasets.ts';

export type AnyAsset = DatabaseAsset | DatasetAsset | DashboardAsset;

export interface LiveAsset extends Live {
  /** Superset's own number. */
  id: number;
  /** Of a dataset: what stands in it, whoever put it there. */
  content?: DatasetContent;
  /** Of a dashboard: the charts on it, by uuid. */
  charts?: ReadonlyMap<string, number>;
}

type Place = { object: string; uuid: string };

/**
 * What Superset holds under our names. It is found by what Superset holds unique (title, table, slug), so that
 * somebody else's object is seen, too; what apply made and nothing asks for any more, by its uuid.
 */
export async function liveAssets(
  superset: SupersetClient,
  env: string,
  desired: readonly AnyAsset[],
  owned: Owned,
): Promise<ReadonlyMap<string, LiveAsset>> {
  const live = new Map<string, LiveAsset>();
  const wanted = new Set(desired.map(({ object }) => object));
  const leftovers = [...owned.keys()]
    .filter((object) => !wanted.has(object))
    .map((object): Place => ({ object, uuid: uuidOf(env, object) }));
  const databases = desired.filter((asset) => asset.kind === 'database');
  const listed = await liveDatabases(superset, databases, live);
  const datasets = desired.filter((asset) => asset.kind === 'dataset');
  await liveDatasets(superset, [...datasets, ...leftovers], listed, live);
  const dashboards = desired.filter((asset) => asset.kind === 'dashboard');
  const others = leftovers.filter(({ object }) => object.startsWith('dashboard '));
  const uuids = new Map([...listed.values()].flat().map(({ id, uuid }) => [id, uuid]));
  await liveDashboards(superset, [...dashboards, ...others], uuids, live);
  return live;
}

/** @returns by server, the datasets that stand in our database of it */
async function liveDatabases(
  superset: SupersetClient,
  assets: readonly DatabaseAsset[],
  live: Map<string, LiveAsset>,
): Promise<Map<string, LiveDataset[]>> {
  const listed = new Map<string, LiveDataset[]>();
  const databases = assets.length > 0 ? await superset.databases() : [];
  for (const { object, uuid, server, title } of assets) {
    const found = databases.find((one) => one.uuid === uuid || one.database_name === title);
    if (found === undefined) continue;
    const fields = databaseFields(await superset.databaseContent(found.id));
    live.set(object, { id: found.id, fields, mark: markOf(found, uuid) });
    listed.set(server, await superset.datasets(found.id));
  }
  return listed;
}

async function liveDatasets(
  superset: SupersetClient,
  places: readonly (DatasetAsset | Place)[],
  listed: ReadonlyMap<string, LiveDataset[]>,
  live: Map<string, LiveAsset>,
): Promise<void> {
  const all = [...listed].flatMap(([server, datasets]) =>
    datasets.map((dataset) => ({ server, ...dataset })),
  );
  for (const place of places) {
    const found = all.find(
      (one) =>
        one.uuid === place.uuid ||
        ('table' in place &&
          one.server === place.server &&
          one.table_name === place.table &&
          one.schema === place.schema),
    );
    if (found === undefined) continue;
    const content = await superset.datasetContent(found.id);
    const mark = markOf(found, place.uuid);
    live.set(place.object, { id: found.id, fields: datasetFields(content), mark, content });
  }
}

async function liveDashboards(
  superset: SupersetClient,
  places: readonly (DashboardAsset | Place)[],
  datasets: ReadonlyMap<number, string>,
  live: Map<string, LiveAsset>,
): Promise<void> {
  const dashboards = places.length > 0 ? await superset.dashboards() : [];
  for (const place of places) {
    const found = dashboards.find(
      (one) => one.uuid === place.uuid || ('slug' in place && one.slug === place.slug),
    );
    if (found === undefined) continue;
    const content = await superset.dashboardContent(found.id);
    const charts = await superset.chartsOn(found.id);
    const fields = liveDashboardFields(content, charts, (id) => datasets.get(Number(id)));
    const numbers = new Map(charts.map(({ uuid, id }) => [uuid, id]));
    live.set(place.object, { id: found.id, fields, mark: markOf(found, place.uuid), charts: numbers });
  }
}

/** A uuid that is not ours was made by somebody else, whatever the record says. */
function markOf(found: { uuid: string }, uuid: string): Live['mark'] {
  return found.uuid === uuid ? undefined : 'foreign';
}
