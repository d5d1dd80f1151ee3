import type { DatasetContent } from '../../clients/superset-content.ts';
import {
  isTable,
  type Definition,
  type Field,
  type StreamDefinition,
  type ViewDefinition,
} from '../../definition/definition.ts';
import { meaningOf } from '../../definition/field-types/index.ts';
import { supersetType } from '../../definition/field-types/superset.ts';
import type { Names } from '../../names.ts';
import { columnType } from '../mariadb/table-fields.ts';
import type { Fields, Known } from '../target.ts';
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

export type DatasetAsset = Asset & DatasetPlace & { kind: 'dataset' };

type Column = {
  column_name: string;
  type: string;
  is_dttm: boolean;
  groupby: true;
  filterable: true;
};

interface Content {
  columns: Column[];
  /** The column that charts put on their time axis, where there is one. */
  time: string | undefined;
}

/**
 * The dataset of a definition: streams in Druid, all others in MariaDB. Column types come from the definition, and
 * those of a view, which declares none, from the view as MariaDB holds it; unknown while that is yet to be made.
 */
export function datasetAsset(definition: Definition, { names, held }: Known): DatasetAsset {
  const place = datasetPlace(definition, names);
  if (definition.kind === 'stream') return asset(definition, place, streamContent(definition), names);
  if (definition.kind !== 'view') return asset(definition, place, tableContent(definition), names);
  const columns = held('mariadb', definition.name)?.['columns'];
  return asset(definition, place, columns === undefined ? undefined : viewContent(columns as object), names);
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
  content: Content | undefined,
  names: Names,
): DatasetAsset {
  const { server } = place;
  const file = {
    table_name: place.table,
    schema: place.schema,
    description: definition.description ?? null,
    main_dttm_col: content?.time ?? null,
    database_uuid: uuidOf(names.env, `database ${server}`),
    columns: content?.columns ?? [],
    metrics: [{ metric_name: 'count', expression: 'COUNT(*)', verbose_name: 'Rows' }],
    uuid: place.uuid,
    version: '1.0.0',
  };
  const path = `datasets/${server.toLowerCase()}/${definition.name}.yaml`;
  const fields = datasetFields({ ...file, database: { uuid: file.database_uuid } });
  const { main_dttm_col: _time, ...known } = fields;
  const columns = { $unknown: `known once view ${definition.name} is made` };
  const compared = content === undefined ? { ...known, columns } : fields;
  return { kind: 'dataset', ...place, fields: compared, files: { [path]: file } };
}

/** A dataset as it is compared: its columns and metrics by name. */
export function datasetFields(file: DatasetContent): Fields {
  const { columns, metrics } = file;
  return {
    table_name: file['table_name'],
    schema: file['schema'],
    database: file.database?.uuid,
    description: file['description'],
    main_dttm_col: file['main_dttm_col'],
    columns: Object.fromEntries(
      columns.map(({ column_name: name, type, is_dttm, groupby, filterable }) => [
        name,
        { type, is_dttm, groupby, filterable },
      ]),
    ),
    metrics: Object.fromEntries(
      metrics.map(({ metric_name: name, expression, verbose_name }) => [name, { expression, verbose_name }]),
    ),
  };
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

function tableContent(definition: Exclude<Definition, StreamDefinition | ViewDefinition>): Content {
  const columns = definition.fields.map((field) =>
    column(field.name, columnType(field, isKey(definition, field))),
  );
  return { columns, time: isTable(definition) ? definition.time : timeAmong(columns) };
}

/** @param types MariaDB's type by column, in their order */
function viewContent(types: object): Content {
  const columns = Object.entries(types).map(([name, type]) => column(name, String(type)));
  return { columns, time: timeAmong(columns) };
}

function timeAmong(columns: Column[]): string | undefined {
  return columns.find((candidate) => candidate.is_dttm)?.column_name;
}

function isKey(definition: Definition, field: Field): boolean {
  return isTable(definition) && definition.key.includes(field.name);
}

function column(name: string, serverType: string): Column {
  const { type, isTime } = supersetType(serverType);
  return { column_name: name, type, is_dttm: isTime, groupby: true, filterable: true };
}
