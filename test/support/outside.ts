import type { LiveEnv } from './live-env.ts';

/** All that an apply could have changed, but in Superset, asked of the servers themselves. */
export async function outside({ config, names, db, kafka, temporal }: LiveEnv) {
  const history = await fetch(`${config.druid.url}/druid/indexer/v1/supervisor/history`);
  const schedules: Record<string, unknown> = {};
  for (const table of ['orders_hourly', 'readings', 'more']) {
    const described = await temporal.schedule
      .getHandle(names.scheduleId(table))
      .describe()
      .catch(() => undefined);
    schedules[table] = described && {
      updated: described.info.lastUpdatedAt,
      created: described.info.createdAt,
      state: described.state,
    };
  }
  const rowsOf = async (table: string) =>
    (await db.query(`SELECT COUNT(*) AS n FROM ${names.storeSchema}.${table}`))[0]?.['n'];
  return {
    supervisors: Object.entries((await history.json()) as Record<string, { version: string }[]>)
      .filter(([id]) => id.startsWith(`${names.env}_`))
      .map(([id, versions]) => [id, versions.map(({ version }) => version)]),
    schedules,
    catalogue: await db.query(`SELECT * FROM ${names.storeSchema}.catalogue ORDER BY name, hash`),
    applied: await db.query(`SELECT * FROM ${names.storeSchema}.applied ORDER BY name`),
    objects: await db.query(`SELECT * FROM ${names.storeSchema}.objects ORDER BY system, object`),
    migrations: await rowsOf('migrations'),
    tables: await db.query(
      `SELECT table_schema, table_name, create_time FROM information_schema.tables WHERE table_schema IN (?, ?, ?) ORDER BY 1, 2`,
      [names.schema, names.storeSchema, names.scratchSchema],
    ),
    columns: await db.query(
      'SELECT table_name, column_name, column_type FROM information_schema.columns WHERE table_schema = ? ORDER BY 1, ordinal_position',
      [names.schema],
    ),
    topics: (await kafka.topics()).filter((topic) => topic.startsWith(`${names.env}.`)).sort(),
  };
}
