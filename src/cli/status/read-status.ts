import { connectMariaDb } from '../../clients/mariadb.ts';
import { connectTemporal, type TemporalClient } from '../../clients/temporal.ts';
import type { Config } from '../../config.ts';
import { isTable, ofKind } from '../../definition/definition.ts';
import { namesFor } from '../../names.ts';
import { catalogueIn } from '../../store/catalogue.ts';
import { asked, type Look } from './look.ts';
import { nameStuckRuns } from './stuck-runs.ts';
import { serverStatus, type ServerStatus } from './servers.ts';
import { streamStatus, type StreamStatus } from './streams.ts';
import { tableStatus } from './tables.ts';
import type { TableStatus } from './table-status.ts';

export interface Status {
  servers: ServerStatus[];
  streams: StreamStatus[];
  tables: TableStatus[];
  /** What is wrong or could not be asked, each with what to do. */
  problems: string[];
}

/** Looks at everything; what does not answer becomes a problem, not a failure. */
export async function readStatus(config: Config): Promise<Status> {
  const names = namesFor(config.env);
  const db = connectMariaDb(config.mariadb, config.mariadb.worker, { connections: 2 });
  let connected: Promise<TemporalClient> | undefined;
  const temporal = () => (connected ??= connectTemporal(config));
  let servers: ServerStatus[] = [];
  const isGone = (server: string) => servers.some(({ name, state }) => name === server && state === 'dead');
  const look: Look = { config, names, db, temporal, isGone, problems: [] };
  try {
    servers = await serverStatus(look);
    const applied = await asked(look, async () => [...(await catalogueIn(db, names).all()).values()]);
    const definitions = applied.map(({ definition }) => definition);
    const streams = await streamStatus(look, ofKind(definitions, 'stream'));
    const tables = await tableStatus(look, definitions.filter(isTable));
    await nameStuckRuns(look);
    // Three questions to a server that is down fail in the same words.
    return { servers, streams, tables, problems: [...new Set(look.problems)] };
  } finally {
    await db.close();
    await connected?.then(
      ({ connection }) => connection.close(),
      () => undefined,
    );
  }
}
