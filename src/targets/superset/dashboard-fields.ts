import type { DashboardContent, LiveChart } from '../../clients/superset-content.ts';
import type { Fields } from '../target.ts';

/** What Superset's API shows of a dashboard and of a chart; the rest of a file is compared with the record alone. */
const SHOWN = ['dashboard_title', 'slug', 'css', 'published', 'certified_by', 'certification_details'];
const SHOWN_OF_CHART = [
  'slice_name',
  'viz_type',
  'description',
  'cache_timeout',
  'certified_by',
  'certification_details',
];
/** They name the object or the format, and say nothing of it. */
const NAMES = ['uuid', 'version', 'dataset_uuid', 'dashboard_uuid'];

/** A dashboard's file and those of its charts, as they are compared. */
export function dashboardFields(
  { metadata, position, ...rest }: Fields,
  charts: readonly Fields[],
): { fields: Fields; unseen: Fields } {
  const ofCharts = charts.map(({ params, uuid, dataset_uuid: dataset, ...chart }) => ({
    uuid: String(uuid),
    seen: { ...only(chart, SHOWN_OF_CHART), params, dataset },
    unseen: without(chart, [...SHOWN_OF_CHART, ...NAMES]),
  }));
  return {
    fields: {
      ...only(rest, SHOWN),
      metadata,
      position: placed(position as Fields),
      charts: Object.fromEntries(ofCharts.map(({ uuid, seen }) => [uuid, seen])),
    },
    unseen: {
      ...without(rest, [...SHOWN, ...NAMES]),
      charts: Object.fromEntries(ofCharts.map(({ uuid, unseen }) => [uuid, unseen])),
    },
  };
}

/**
 * A dashboard and the charts on it as Superset has them.
 * @param uuidOf the uuid of a dataset of ours by Superset's number; what is not ours has none
 */
export function liveDashboardFields(
  dashboard: DashboardContent,
  charts: readonly LiveChart[],
  uuidOf: (datasetId: unknown) => string | undefined,
): Fields {
  const { json_metadata: metadata, position_json: position, ...rest } = dashboard;
  const named = charts.map(({ uuid, params, datasource_id: dataset, ...chart }) => {
    return [uuid, { ...only(chart, SHOWN_OF_CHART), params, dataset: uuidOf(dataset) }] as const;
  });
  return {
    ...only(rest, SHOWN),
    metadata: withUuids(metadata, uuidOf),
    position: placed(position),
    charts: Object.fromEntries(named),
  };
}

/** Superset numbers the datasets of a filter. */
function withUuids(metadata: Fields, uuidOf: (datasetId: unknown) => string | undefined): Fields {
  const filters = metadata['native_filter_configuration'];
  if (!Array.isArray(filters)) return metadata;
  const named = (filters as Fields[]).map((filter) => ({
    ...filter,
    targets: ((filter['targets'] ?? []) as Fields[]).map(({ datasetId, ...target }) =>
      datasetId === undefined ? target : { ...target, datasetUuid: uuidOf(datasetId) },
    ),
  }));
  return { ...metadata, native_filter_configuration: named };
}

/** Without Superset's numbers of the charts: their uuids name them. */
function placed(position: Fields): Fields {
  return Object.fromEntries(
    Object.entries(position).map(([id, part]) => {
      if (typeof part !== 'object' || part === null || !('meta' in part)) return [id, part];
      const { chartId: _number, ...meta } = part.meta as Record<string, unknown>;
      return [id, { ...part, meta }];
    }),
  );
}

function only(fields: Fields, keys: readonly string[]): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([key]) => keys.includes(key)));
}

function without(fields: Fields, keys: readonly string[]): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([key]) => !keys.includes(key)));
}
