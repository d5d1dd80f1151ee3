import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { MillraceError, messageOf } from '../../errors.ts';
import type { Names } from '../../names.ts';
import { uuidOf, type Asset } from './asset.ts';
import { dashboardFields } from './dashboard-fields.ts';
import { datasetObject } from './datasets.ts';

export interface DashboardAsset extends Asset {
  kind: 'dashboard';
  slug: string;
  /** Names of the definitions whose datasets it reads. */
  reads: string[];
}

const plain = z.record(z.string(), z.unknown());

/** A chart as Superset exports it, but that `dataset` names a definition in the place of `dataset_uuid`. */
const chartFile = z.looseObject({
  uuid: z.string().min(1),
  slice_name: z.string(),
  viz_type: z.string(),
  dataset: z.string(),
  params: plain,
});

const filter = z.looseObject({
  targets: z.array(z.looseObject({ dataset: z.string().optional() })).default([]),
});

/** A dashboard as Superset exports it; the target of a filter names its `dataset` in the same way. */
const dashboardFile = z.looseObject({
  uuid: z.string().min(1),
  dashboard_title: z.string(),
  metadata: z.looseObject({ native_filter_configuration: z.array(filter).default([]) }),
  position: z.record(z.string(), z.unknown()),
});

const placedChart = z.looseObject({ type: z.literal('CHART'), meta: z.looseObject({ uuid: z.string() }) });

type ChartFile = z.infer<typeof chartFile>;
type DashboardFile = z.infer<typeof dashboardFile>;

/** One dashboard as its files say it, the same in every env. */
export interface DashboardSource {
  folder: string;
  dashboard: DashboardFile;
  charts: { file: string; chart: ChartFile }[];
}

/**
 * The dashboards of a folder: each of its folders with a `dashboard.yaml` is one, its charts are in `charts/`.
 * @throws DEFINITION_INVALID naming file, path and remedy
 */
export function readDashboards(dir: string): DashboardSource[] {
  if (!existsSync(dir)) return [];
  return readdirSync(dir)
    .filter((folder) => existsSync(path.join(dir, folder, 'dashboard.yaml')))
    .sort()
    .map((folder) => readDashboard(path.join(dir, folder)));
}

/**
 * Those are given whose datasets are all among the definitions: the others belong to sources that this env does not
 * have. Every uuid is derived for the env, so that the same files serve in all of them.
 */
export function dashboardAssets(
  sources: readonly DashboardSource[],
  definitions: readonly string[],
  names: Names,
): DashboardAsset[] {
  return sources
    .map((source) => dashboardAsset(source, names))
    .filter(({ reads }) => reads.every((name) => definitions.includes(name)));
}

function readDashboard(dir: string): DashboardSource {
  const dashboard = read(path.join(dir, 'dashboard.yaml'), dashboardFile);
  const charts = readdirSync(path.join(dir, 'charts'))
    .filter((file) => file.endsWith('.yaml'))
    .sort()
    .map((file) => ({ file, chart: read(path.join(dir, 'charts', file), chartFile) }));
  const missing = placedCharts(dashboard).filter((uuid) => !charts.some(({ chart }) => chart.uuid === uuid));
  if (missing.length > 0) throw unknownCharts(dir, missing);
  return { folder: path.basename(dir), dashboard, charts };
}

function dashboardAsset({ folder, dashboard, charts }: DashboardSource, names: Names): DashboardAsset {
  const chartUuid = (uuid: string) => uuidOf(names.env, `chart ${folder}/${uuid}`);
  const object = `dashboard ${folder}`;
  const uuid = uuidOf(names.env, object);
  const slug = names.supersetDashboard(folder);
  const made = { ...dashboardOf(dashboard, chartUuid, names), uuid, slug };
  const placed = charts.map(({ file, chart }) => ({ file, content: chartOf(chart, chartUuid, names) }));
  const targets = dashboard.metadata.native_filter_configuration.flatMap(({ targets }) => targets);
  const reads = [
    ...charts.map(({ chart }) => chart.dataset),
    ...targets.flatMap(({ dataset }) => dataset ?? []),
  ];
  return {
    ...{ kind: 'dashboard', object, uuid, slug, reads: [...new Set(reads)] },
    ...dashboardFields(
      made,
      placed.map(({ content }) => content),
    ),
    files: {
      ...Object.fromEntries(placed.map(({ file, content }) => [`charts/${folder}-${file}`, content])),
      [`dashboards/${folder}.yaml`]: made,
    },
  };
}

/** Without what an export took along from the Superset in which it was made. */
function chartOf(
  chart: ChartFile,
  chartUuid: (uuid: string) => string,
  names: Names,
): Record<string, unknown> {
  const { dataset, query_context: _ids, ...rest } = chart;
  const params = { ...chart.params, viz_type: chart.viz_type };
  const datasetUuid = uuidOf(names.env, datasetObject(dataset));
  return { ...rest, params, dataset_uuid: datasetUuid, uuid: chartUuid(chart.uuid), version: '1.0.0' };
}

function dashboardOf(dashboard: DashboardFile, chartUuid: (uuid: string) => string, names: Names) {
  const filters = dashboard.metadata.native_filter_configuration.map((entry) => ({
    ...entry,
    targets: entry.targets.map(({ dataset, ...target }) =>
      dataset === undefined ? target : { ...target, datasetUuid: uuidOf(names.env, datasetObject(dataset)) },
    ),
  }));
  const position = Object.entries(dashboard.position).map(([id, part], index) => {
    const placed = placedChart.safeParse(part);
    if (!placed.success) return [id, part];
    const { meta } = placed.data;
    // The importer wants a number to replace, and replaces it by the uuid.
    return [id, { ...placed.data, meta: { chartId: index, ...meta, uuid: chartUuid(meta.uuid) } }];
  });
  return {
    ...dashboard,
    metadata: { ...dashboard.metadata, native_filter_configuration: filters },
    position: Object.fromEntries(position) as Record<string, unknown>,
    version: '1.0.0',
  };
}

function placedCharts(dashboard: DashboardFile): string[] {
  return Object.values(dashboard.position).flatMap((part) => {
    const placed = placedChart.safeParse(part);
    return placed.success ? [placed.data.meta.uuid] : [];
  });
}

function read<T>(file: string, shape: z.ZodType<T>): T {
  const parsed = shape.safeParse(parsedYaml(file));
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues
    .map((issue) => `  ${issue.path.join('.')}: ${issue.message}`)
    .join('\n');
  throw invalid(
    file,
    `does not fit Superset's export format:\n${problems}\nExport the dashboard in Superset again, and name each chart's definition as its dataset.`,
  );
}

function parsedYaml(file: string): unknown {
  try {
    return parse(readFileSync(file, 'utf8')) as unknown;
  } catch (error) {
    throw invalid(file, `is not YAML: ${messageOf(error)}`);
  }
}

function unknownCharts(dir: string, uuids: string[]): MillraceError {
  const file = path.join(dir, 'dashboard.yaml');
  return invalid(
    file,
    `places charts that no file in charts/ has as its uuid: ${uuids.join(', ')}. Add them, or take them out of position.`,
  );
}

function invalid(file: string, problem: string): MillraceError {
  const shown = path.relative(process.cwd(), file);
  return new MillraceError('DEFINITION_INVALID', `${shown} ${problem}`, { context: { file: shown } });
}
