import type { DatasetContent } from '../../clients/superset.ts';
import type { Database } from '../../clients/mariadb.ts';
import type { Config } from '../../config.ts';
import { isLoaded, type Definition, type Field, type StreamDefinition } from '../../definition/definition.ts';
import { meaningOf } from '../../definition/field-types/index.ts';
import { supersetType } from '../../definition/field-types/superset.ts';
import { contentHash } from '../../definition/hash.ts';
import { MillraceError } from '../../errors.ts';
import type { Names } from '../../names.ts';
import { columnType } from '../columns.ts';
import { uuidOf, type Asset } from './asset.ts';
import type { Server } from './databases.ts';

/** Where the dataset of a definition stands: enough to find it in Superset, without a look at its columns. */
export interface DatasetPlace {
  object: string;
  uuid: string;
  server: Server;
  table: string;
  schema: string;
}

export type DatasetAsset = Asset & DatasetPlace;

interface Column {
  column_name: string;
  type: string;
  is_dttm: boolean;
  groupby: true;
  filterable: true;
}

interface Content {
  columns: Column[];
  /** The column that charts put on their time axis, where there is one. */
  time: string | undefined;
}

/**
 * A dataset for every definition: streams in Druid, all others in MariaDB. Column types come from the definition,
 * and those of a view, which declares none, from MariaDB.
 * @param reader MariaDB as the user who will read the views
 */
export async function datasetAssets(
  definitions: Definition[],
  { config, names, reader }: { config: Config; names: Names; reader: Database },
): Promise<DatasetAsset[]> {
  const assets: DatasetAsset[] = [];
  for (const definition of definitions) {
    const place = datasetPlace(definition, names);
    const content =
      definition.kind === 'stream'
        ? streamContent(definition)
        : await tableContent(definition, place, reader, config);
    assets.push(asset(definition, place, content, names));
  }
  return assets;
}

export function datasetPlace(definition: Definition, names: Names): DatasetPlace {
  const object = datasetObject(definition.name);
  const uuid = uuidOf(names.env, object);
  if (definition.kind === 'stream') {
    return { object, uuid, server: 'Druid', table: names.datasource(definition), schema: 'druid' };
  }
  const schema = (definition.kind === 'external' ? definition.schema : undefined) ?? names.schema;
  return { object, uuid, server: 'MariaDB', table: definition.name, schema };
}

/** What the dataset of a definition is recorded as. */
export function datasetObject(definition: string): string {
  return `dataset ${definition}`;
}

/**
 * The dataset's file with what people added to the dataset in Superset: calculated columns and metrics. The
 * importer drops every column and metric that is not in the file.
 */
export function withAdditions(asset: DatasetAsset, live: DatasetContent): DatasetAsset {
  const files = Object.entries(asset.files).map(([path, file]) => {
    const columns = file['columns'] as { column_name: string }[];
    const metrics = file['metrics'] as { metric_name: string }[];
    const ours = new Set([
      ...columns.map((column) => column.column_name),
      ...metrics.map((metric) => metric.metric_name),
    ]);
    // The name alone finds the column that is there; what is not named of it stays as it is.
    const added = live.columns
      .filter(({ column_name: name, expression }) => expression && !ours.has(name))
      .map(({ column_name }) => ({ column_name }));
    const measures = live.metrics
      .filter(({ metric_name: name }) => !ours.has(name))
      .map(({ metric_name, expression }) => ({ metric_name, expression }));
    return [path, { ...file, columns: [...columns, ...added], metrics: [...metrics, ...measures] }] as const;
  });
  return { ...asset, files: Object.fromEntries(files) };
}

function asset(
  definition: Definition,
  place: DatasetPlace,
  { columns, time }: Content,
  names: Names,
): DatasetAsset {
  const { server } = place;
  const file = {
    table_name: place.table,
    schema: place.schema,
    description: definition.description ?? null,
    main_dttm_col: time ?? null,
    database_uuid: uuidOf(names.env, `database ${server}`),
    columns,
    metrics: [{ metric_name: 'count', expression: 'COUNT(*)', verbose_name: 'Rows' }],
    uuid: place.uuid,
    version: '1.0.0',
  };
  const path = `datasets/${server.toLowerCase()}/${definition.name}.yaml`;
  return { ...place, hash: contentHash(file), files: { [path]: file } };
}

function streamContent(stream: StreamDefinition): Content {
  const fields = stream.fields.filter((field) => field.name !== stream.time);
  return {
    columns: [
      column('__time', 'TIMESTAMP'),
      ...fields.map((field) => column(field.name, meaningOf(field).druid.sql)),
    ],
    time: '__time',
  };
}

async function tableContent(
  definition: Exclude<Definition, StreamDefinition>,
  { schema }: DatasetPlace,
  reader: Database,
  config: Config,
): Promise<Content> {
  const columns =
    definition.kind === 'view'
      ? await viewColumns(definition.name, schema, reader, config)
      : definition.fields.map((field) => column(field.name, columnType(field, isKey(definition, field))));
  const time = isLoaded(definition)
    ? definition.time
    : columns.find((candidate) => candidate.is_dttm)?.column_name;
  return { columns, time };
}

function isKey(definition: Definition, field: Field): boolean {
  return isLoaded(definition) && definition.key.includes(field.name);
}

async function viewColumns(
  view: string,
  schema: string,
  reader: Database,
  config: Config,
): Promise<Column[]> {
  const rows = await reader.query(
    `SELECT column_name AS name, column_type AS type FROM information_schema.columns
     WHERE table_schema = ? AND table_name = ? ORDER BY ordinal_position`,
    [schema, view],
  );
  if (rows.length > 0) return rows.map((row) => column(String(row['name']), String(row['type'])));
  throw new MillraceError(
    'MARIADB_REFUSED',
    `MariaDB shows '${config.mariadb.reader.user}' no columns of view '${schema}.${view}'. Grant that user SELECT on ${schema}.*, then apply again.`,
    { context: { view } },
  );
}

function column(name: string, serverType: string): Column {
  const { type, isTime } = supersetType(serverType);
  return { column_name: name, type, is_dttm: isTime, groupby: true, filterable: true };
}
