import type { Names } from '../../src/names.ts';
import type { LiveEnv } from './live-env.ts';
import { supersetContent, type SupersetApi } from './superset-api.ts';
import { waitUntil } from './wait-until.ts';

/** How somebody changes one object by hand, and how a plan names each field of it: live, then ours. */
export interface Drift {
  system: string;
  object: (names: Names) => string;
  edit: (env: LiveEnv, api: SupersetApi) => Promise<unknown>;
  fields: Record<string, [live: RegExp, desired: RegExp]>;
  /** Fields that cannot be changed by hand, or are changed in another drift. */
  others?: RegExp[];
}

const orders = { name: 'orders', version: 1 };

export const DRIFTS: Drift[] = [
  {
    system: 'kafka',
    object: (names) => names.rawTopic(orders),
    // More are as good, and Kafka takes none away.
    others: [/^partitions$/],
    edit: ({ kafka, names }) =>
      kafka.alterTopic(names.rawTopic(orders), {
        'retention.ms': '86400000',
        'message.timestamp.type': 'CreateTime',
        'max.message.bytes': '2000000',
        'segment.ms': '3600000',
      }),
    fields: {
      'retention.ms': [/^86400000$/, /^604800000$/],
      'message.timestamp.type': [/^CreateTime$/, /^LogAppendTime$/],
      'max.message.bytes': [/^2000000$/, /^1048588$/],
    },
  },
  {
    system: 'mariadb',
    object: (names) => `schema ${names.schema}`,
    edit: ({ db, names }) => db.execute(`ALTER DATABASE ${names.schema} COLLATE utf8mb4_bin`),
    others: [/^reader$/],
    fields: { collation: [/^utf8mb4_bin$/, /^utf8mb4_nopad_bin$/] },
  },
  {
    system: 'mariadb',
    object: () => 'readings',
    edit: async ({ db, names }) => {
      await db.execute(
        `ALTER TABLE ${names.schema}.readings ENGINE=Aria, DEFAULT COLLATE utf8mb4_bin,
           MODIFY hour datetime(6) NOT NULL, MODIFY sensor varchar(99) COLLATE utf8mb4_bin NOT NULL, DROP COLUMN value,
           MODIFY _interval_start date NOT NULL, MODIFY _load_id bigint(20) unsigned NULL, ADD COLUMN theirs INT NULL,
           DROP PRIMARY KEY, ADD PRIMARY KEY (sensor), DROP KEY _interval_start`,
      );
      await db.execute(
        `ALTER TABLE ${names.storeSchema}.stage_readings ENGINE=Aria, DEFAULT COLLATE utf8mb4_bin,
           MODIFY hour datetime NULL, MODIFY sensor text NULL, MODIFY value int NULL, MODIFY _load_id int NOT NULL,
           MODIFY _row_id int NULL, DROP PRIMARY KEY`,
      );
    },
    fields: {
      engine: [/^Aria$/, /^InnoDB$/],
      collation: [/^utf8mb4_bin$/, /^utf8mb4_nopad_bin$/],
      hour: [/^datetime\(6\) NOT NULL$/, /^datetime\(3\) NOT NULL$/],
      sensor: [/^varchar\(99\) COLLATE utf8mb4_bin NOT NULL$/, /^varchar\(255\) NOT NULL$/],
      value: [/^null$/, /^double NULL$/],
      _interval_start: [/^date NOT NULL$/, /^datetime NOT NULL DEFAULT .* INVISIBLE$/],
      _load_id: [/^bigint\(20\) unsigned NULL$/, /^bigint\(20\) unsigned NOT NULL DEFAULT 0 INVISIBLE$/],
      'keys.PRIMARY': [/^sensor$/, /^hour, sensor$/],
      'keys._interval_start': [/^null$/, /^_interval_start$/],
      'staging.engine': [/^Aria$/, /^InnoDB$/],
      'staging.collation': [/^utf8mb4_bin$/, /^utf8mb4_nopad_bin$/],
      'staging.hour': [/^datetime NULL$/, /^datetime\(3\) NULL$/],
      'staging.sensor': [/^text COLLATE utf8mb4_bin NULL$/, /^varchar\(255\) NULL$/],
      'staging.value': [/^int\(11\) NULL$/, /^double NULL$/],
      'staging._load_id': [/^int\(11\) NOT NULL$/, /^bigint\(20\) unsigned NOT NULL$/],
      'staging._row_id': [/^int\(11\) NULL$/, /^bigint\(20\) unsigned NOT NULL DEFAULT uuid_short\(\)$/],
      'staging.keys.PRIMARY': [/^null$/, /^_load_id, _row_id$/],
    },
  },
  {
    system: 'mariadb',
    object: () => 'busy_hours',
    edit: ({ db, names }) =>
      db.execute(
        `CREATE OR REPLACE SQL SECURITY DEFINER VIEW ${names.schema}.busy_hours AS
           SELECT * FROM ${names.schema}.orders_hourly WHERE orders > 5`,
      ),
    fields: { security: [/^DEFINER$/, /^INVOKER$/], body: [/> 5$/, /> 1$/] },
  },
  {
    system: 'druid',
    object: (names) => `supervisor ${names.datasource(orders)}`,
    edit: editSupervisor,
    // They are what the supervisor is of: Druid refuses another one.
    others: [/dataSource$/, /ioConfig\.topic$/, /tuningConfig\.type$/],
    fields: {
      'dataSchema.timestampSpec.column': [/^seen$/, /^at$/],
      'dataSchema.timestampSpec.format': [/^auto$/, /^iso$/],
      'dimensions.id': [/^long$/, /^string$/],
      'dimensions.shop': [/^double$/, /^string$/],
      'dimensions.cents': [/^null$/, /^long$/],
      'dimensionsSpec.useSchemaDiscovery': [/^true$/, /^false$/],
      'granularitySpec.segmentGranularity': [/^hour$/, /^day$/],
      'granularitySpec.queryGranularity': [/minute/, /^none$/],
      'granularitySpec.rollup': [/^true$/, /^false$/],
      'ioConfig.useEarliestOffset': [/^false$/, /^true$/],
      'ioConfig.taskCount': [/^2$/, /^1$/],
      'ioConfig.replicas': [/^2$/, /^1$/],
      'ioConfig.taskDuration': [/^PT7200S$/, /^PT3600S$/],
      'ioConfig.startDelay': [/^PT5S$/, /^PT0S$/],
      'ioConfig.period': [/^PT30S$/, /^PT10S$/],
      "ioConfig.consumerProperties.'bootstrap.servers'": [/^localhost:/, /^127\.0\.0\.1:/],
      "ioConfig.consumerProperties.'isolation.level'": [/^read_uncommitted$/, /^read_committed$/],
      "ioConfig.consumerProperties.'allow.auto.create.topics'": [/^true$/, /^false$/],
      'ioConfig.inputFormat.type': [/^csv$/, /^json$/],
      'tuningConfig.maxRowsPerSegment': [/^4000000$/, /^5000000$/],
      'tuningConfig.maxParseExceptions': [/^7$/, /^0$/],
      'tuningConfig.maxSavedParseExceptions': [/^8$/, /^10$/],
      'tuningConfig.logParseExceptions': [/^false$/, /^true$/],
      'tuningConfig.resetOffsetAutomatically': [/^true$/, /^false$/],
      'context.useConcurrentLocks': [/^false$/, /^true$/],
    },
  },
  {
    system: 'temporal',
    object: (names) => names.scheduleId('readings'),
    others: [/^calendars$/, /^skip$/, /^offset$/],
    edit: async ({ temporal, names }) => {
      const handle = temporal.schedule.getHandle(names.scheduleId('readings'));
      // Before the update, and seen: what arrives together with one may be lost to it.
      await handle.pause('by the drift test');
      await waitUntil(async () => (await handle.describe()).state.paused, { timeoutMs: 10_000 });
      await handle.update(({ state }) => ({
        spec: { intervals: [{ every: '2 hours' }], timezone: 'Europe/Berlin', jitter: '1 minute' },
        policies: { overlap: 'SKIP', catchupWindow: '5 minutes', pauseOnFailure: true },
        action: {
          ...{ type: 'startWorkflow', workflowType: 'theirs', workflowId: 'theirs', taskQueue: 'theirs' },
          ...{ args: ['theirs'], staticSummary: 'theirs' },
        },
        typedSearchAttributes: [],
        state,
      }));
    },
    fields: {
      intervals: [/7200000/, /3600000/],
      timezone: [/^Europe\/Berlin$/, /^UTC$/],
      jitter: [/60000/, /^0$/],
      overlap: [/^SKIP$/, /^ALLOW_ALL$/],
      catchupWindow: [/^300000$/, /^60000$/],
      pauseOnFailure: [/^true$/, /^false$/],
      'action.workflowType': [/^theirs$/, /^refresh$/],
      'action.workflowId': [/^theirs$/, /\/readings$/],
      'action.taskQueue': [/^theirs$/, /-live$/],
      'action.args': [/theirs/, /schedule/],
      'action.summary': [/^theirs$/, /^pull readings$/],
      'action.madeBy': [/^nobody$/, /^millrace$/],
      'action.searchAttributes.ManagedBy': [/^null$/, /^millrace$/],
      'action.searchAttributes.Env': [/^null$/, /^t/],
      'action.searchAttributes.TableName': [/^null$/, /^readings$/],
      'searchAttributes.ManagedBy': [/^null$/, /^millrace$/],
      'searchAttributes.Env': [/^null$/, /^t/],
      'searchAttributes.TableName': [/^null$/, /^readings$/],
    },
  },
  {
    system: 'temporal',
    object: (names) => names.scheduleId('daily'),
    edit: ({ temporal, names }) =>
      temporal.schedule.getHandle(names.scheduleId('daily')).update((live) => ({
        ...live,
        spec: { ...live.spec, calendars: [{ hour: 5 }], skip: [{ month: 'MAY' }] },
      })),
    others: [/^(?!calendars|skip)/],
    fields: { calendars: [/hour 5/, /hour 23.*hour 22/], skip: [/^1$/, /^0$/] },
  },
  {
    system: 'superset',
    object: () => 'dataset readings',
    edit: editDataset,
    // The other columns are as this one; a dataset moves to no other database.
    others: [/^(sensor|value)\./, /^database$/],
    fields: {
      table_name: [/^elsewhere$/, /^readings$/],
      schema: [/_store$/, /^millrace_/],
      description: [/^theirs$/, /^null$/],
      main_dttm_col: [/^null$/, /^hour$/],
      'hour.type': [/^TEXT$/, /^DATETIME$/],
      'hour.is_dttm': [/^false$/, /^true$/],
      'hour.groupby': [/^false$/, /^true$/],
      'hour.filterable': [/^false$/, /^true$/],
      'metrics.count.expression': [/^SUM\(1\)$/, /^COUNT\(\*\)$/],
      'metrics.count.verbose_name': [/^theirs$/, /^Rows$/],
    },
  },
  {
    system: 'superset',
    object: () => 'dashboard shop',
    edit: editDashboard,
    // The rest of the layout is as this part of it.
    others: [/^position\./, /params\.adhoc_filters$/],
    fields: {
      dashboard_title: [/^Theirs$/, /^Shop$/],
      slug: [/-theirs$/, /-shop$/],
      published: [/^false$/, /^true$/],
      css: [/red/, /^$/],
      'metadata.refresh_frequency': [/^5$/, /^30$/],
      'metadata.native_filter_configuration': [/Theirs/, /Shop/],
      'position.CHART.meta.width': [/^9$/, /^4$/],
      "chart 'Busy hours'.slice_name": [/^Theirs$/, /^Busy hours$/],
      "chart 'Busy hours'.viz_type": [/^table$/, /^big_number_total$/],
      "chart 'Busy hours'.description": [/^theirs$/, /^How many$/],
      "chart 'Busy hours'.params.metric": [/^theirs$/, /^count$/],
      "chart 'Busy hours'.params.viz_type": [/^table$/, /^big_number_total$/],
      "chart 'Busy hours'.dataset": [/^[0-9a-f-]{36}$/, /^[0-9a-f-]{36}$/],
    },
  },
  // Last: by its title the others find what they change.
  {
    system: 'superset',
    object: () => 'database MariaDB',
    edit: async (env, api) => {
      const { databases } = await supersetContent(api, env.names);
      const id = databases.find(({ database_name: title }) => title.endsWith('MariaDB'))?.id;
      const { result } = await api.get<{ result: { sqlalchemy_uri: string } }>(`database/${id}/connection`);
      await api.put(`database/${id}`, {
        database_name: `${env.names.env} renamed`,
        sqlalchemy_uri: result.sqlalchemy_uri.replace('charset=utf8mb4', 'charset=utf8'),
        expose_in_sqllab: false,
        allow_dml: true,
        allow_file_upload: true,
      });
    },
    fields: {
      database_name: [/renamed$/, /MariaDB$/],
      sqlalchemy_uri: [/charset=utf8$/, /charset=utf8mb4$/],
      expose_in_sqllab: [/^false$/, /^true$/],
      allow_dml: [/^true$/, /^false$/],
      allow_csv_upload: [/^true$/, /^false$/],
    },
  },
];

async function editDataset({ names }: LiveEnv, api: SupersetApi): Promise<void> {
  const { datasets } = await supersetContent(api, names);
  const id = datasets.find(({ table_name: table }) => table === 'readings')?.id;
  interface Content {
    columns: { id: number; column_name: string }[];
    metrics: { id: number; metric_name: string }[];
  }
  const { result } = await api.get<{ result: Content }>(`dataset/${id}`);
  await api.put(`dataset/${id}`, {
    ...{ table_name: 'elsewhere', schema: names.storeSchema, description: 'theirs', main_dttm_col: null },
    columns: result.columns.map(({ id: column, column_name: name }) =>
      name === 'hour'
        ? {
            ...{ id: column, column_name: name, type: 'TEXT' },
            ...{ is_dttm: false, groupby: false, filterable: false },
          }
        : { id: column, column_name: name },
    ),
    metrics: result.metrics.map(({ id: metric, metric_name: name }) => ({
      ...{ id: metric, metric_name: name, expression: 'SUM(1)', verbose_name: 'theirs' },
    })),
  });
}

async function editDashboard({ names }: LiveEnv, api: SupersetApi): Promise<void> {
  const { dashboards, datasets } = await supersetContent(api, names);
  const id = dashboards[0]?.id;
  const charts = await api.get<{ result: { id: number }[] }>(`dashboard/${id}/charts`);
  const other = datasets.find(({ table_name: table }) => table === 'orders_hourly')?.id;
  await api.put(`chart/${charts.result[0]?.id}`, {
    ...{ slice_name: 'Theirs', viz_type: 'table', description: 'theirs' },
    ...{ datasource_id: other, datasource_type: 'table' },
    params: JSON.stringify({ metric: 'theirs', viz_type: 'table', adhoc_filters: [] }),
  });
  const { result } = await api.get<{ result: { position_json: string; json_metadata: string } }>(
    `dashboard/${id}`,
  );
  await api.put(`dashboard/${id}`, {
    ...{ dashboard_title: 'Theirs', slug: names.supersetDashboard('theirs'), published: false },
    css: 'body { color: red }',
    position_json: result.position_json.replace('"width": 4', '"width": 9'),
    json_metadata: result.json_metadata.replace('"name": "Shop"', '"name": "Theirs"').replace('30', '5'),
  });
}

async function editSupervisor({ druid, names, config }: LiveEnv): Promise<void> {
  const live = (await druid.supervisor(names.datasource(orders))) as { spec: Record<string, object> };
  const { dataSchema, ioConfig, tuningConfig } = live.spec;
  await druid.postSupervisor({
    type: 'kafka',
    suspended: true,
    context: { useConcurrentLocks: false },
    spec: {
      dataSchema: {
        ...dataSchema,
        timestampSpec: { column: 'seen', format: 'auto' },
        dimensionsSpec: {
          dimensions: [
            { type: 'long', name: 'id' },
            { type: 'double', name: 'shop' },
          ],
          useSchemaDiscovery: true,
        },
        granularitySpec: { segmentGranularity: 'hour', queryGranularity: 'minute', rollup: true },
      },
      ioConfig: {
        ...ioConfig,
        ...{ useEarliestOffset: false, taskCount: 2, replicas: 2 },
        ...{ taskDuration: 'PT2H', startDelay: 'PT5S', period: 'PT30S' },
        inputFormat: { type: 'csv', findColumnsFromHeader: true },
        consumerProperties: {
          'bootstrap.servers': config.kafka.brokersForDruid.replaceAll('127.0.0.1', 'localhost'),
          'isolation.level': 'read_uncommitted',
          'allow.auto.create.topics': 'true',
        },
      },
      tuningConfig: {
        ...tuningConfig,
        ...{ maxRowsPerSegment: 4_000_000, maxParseExceptions: 7, maxSavedParseExceptions: 8 },
        ...{ logParseExceptions: false, resetOffsetAutomatically: true },
      },
    },
  });
}
