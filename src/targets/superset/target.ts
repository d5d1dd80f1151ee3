import { connectSuperset, type SupersetClient } from '../../clients/superset.ts';
import type { Config } from '../../config.ts';
import { diffByFields } from '../difference.ts';
import type { Difference, Known, Owned, Step, Target } from '../target.ts';
import { dashboardAssets, readDashboards, type DashboardSource } from './dashboards.ts';
import { databaseAssets } from './databases.ts';
import { datasetAsset, withAdditions } from './datasets.ts';
import { liveAssets, type AnyAsset, type LiveAsset } from './live.ts';
import { zipOf } from './zip.ts';

/**
 * In Superset: both databases, a dataset for every definition, and the dashboards whose datasets are all there.
 * People's own charts and dashboards are never touched, and what they added to a dataset survives its update.
 * @returns undefined where no Superset is set
 * @throws DEFINITION_INVALID (a dashboard's file)
 */
export function openSuperset(config: Config): Target<AnyAsset, LiveAsset> | undefined {
  const { superset: login } = config;
  if (login === undefined) return undefined;
  const sources = readDashboards(config.dashboardsDir);
  // At once: it takes as long as the definitions take to be read. Whoever uses it first is told of a failure.
  const superset = connectSuperset(login);
  superset.catch(() => undefined);
  return {
    system: 'superset',
    desired: (known) => desiredAssets(known, login, sources),
    live: async (desired, owned) => liveAssets(await superset, config.env, desired, owned),
    diff: diffAssets,
    carryOut: async (step) => carryOut(await superset, step),
    foreign: (object, { id }) =>
      `Superset already has what would be our ${object} (its id is ${id}), and millrace did not make it. Rename or delete it in Superset, then apply again.`,
    close: async () => undefined,
  };
}

function desiredAssets(
  known: Known,
  superset: NonNullable<Config['superset']>,
  sources: readonly DashboardSource[],
): AnyAsset[] {
  const { config, names, definitions } = known;
  return [
    ...databaseAssets(config, superset, names),
    ...[...definitions.values()].map((definition) => datasetAsset(definition, known)),
    ...dashboardAssets(sources, [...definitions.keys()], names),
  ];
}

/** Charts are shown by their names; columns that a definition changes stand on the line of their table already. */
function diffAssets(
  desired: readonly AnyAsset[],
  live: ReadonlyMap<string, LiveAsset>,
  owned: Owned,
): Step<AnyAsset, LiveAsset>[] {
  return diffByFields('superset', desired, live, owned).map((step) => {
    const charts = (step.desired?.fields['charts'] ?? {}) as Record<string, { slice_name?: string }>;
    const differences = step.differences.map((one): Difference => {
      const [part, name = '', ...rest] = one.path;
      if (part === 'charts')
        return { ...one, path: [`chart '${charts[name]?.slice_name ?? name}'`, ...rest] };
      return part === 'columns' && name !== '' && !one.byHand ? { ...one, isEcho: true } : one;
    });
    return { ...step, differences };
  });
}

async function carryOut(superset: SupersetClient, step: Step<AnyAsset, LiveAsset>): Promise<undefined> {
  const { action, desired, live } = step;
  if (action === 'retire') {
    if (live !== undefined) await remove(superset, step, live);
    return;
  }
  if (desired === undefined) return;
  const asset =
    desired.kind === 'dataset' && live?.content !== undefined
      ? withAdditions(desired, live.content)
      : desired;
  const files = new Map([['bundle/metadata.yaml', JSON.stringify(METADATA)]]);
  for (const [path, file] of Object.entries(asset.files)) files.set(`bundle/${path}`, JSON.stringify(file));
  await superset.importAssets(zipOf(files), desired.kind === 'database' ? desired.passwords : {});
}

const METADATA = { version: '1.0.0', type: 'assets', timestamp: '2026-01-01T00:00:00+00:00' };

/** A dashboard takes along the charts that were made with it; people's own charts on it stay. */
async function remove(
  superset: SupersetClient,
  { object, recorded }: Step<AnyAsset, LiveAsset>,
  { id, charts }: LiveAsset,
): Promise<void> {
  if (object.startsWith('dataset ')) return superset.remove('dataset', id);
  await superset.remove('dashboard', id);
  const ours = Object.keys(recorded?.made?.fields['charts'] ?? {});
  for (const [uuid, chart] of charts ?? []) if (ours.includes(uuid)) await superset.remove('chart', chart);
}
