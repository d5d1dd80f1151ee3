import { connectTemporal, type TemporalClient } from '../../clients/temporal.ts';
import { loadConfig, type Config } from '../../config.ts';
import { namesFor } from '../../names.ts';
import type { BackfillInput } from '../../load/messages.ts';
import { startBackfill } from '../../schedules/runs.ts';
import type { Stepper } from './stepper.ts';
import { counted } from '../table.ts';

const TABLES = ['weather', 'departures_hourly'];
const HOUR_MS = 3_600_000;

/** The newest 24 hours of both tables, and waits for them: the combined table has its first rows. */
export async function backfillNewest(step: Stepper): Promise<void> {
  const newest = new Date(thisHour().getTime() - 24 * HOUR_MS);
  await step('backfill of the newest 24 hours', async () => {
    const reports = await withTemporal(async (temporal, config) =>
      Promise.all(TABLES.map(async (table) => (await started(temporal, config, table, newest)).result())),
    );
    return reports
      .map(({ table, loaded, rows }) =>
        loaded === 0
          ? `${table} has them`
          : `${table} ${counted(loaded, 'interval')}, ${counted(rows, 'row')}`,
      )
      .join('; ');
  });
}

/**
 * The rest of the replayed days goes on in the background, visible in Temporal's web UI. Its first hour is that of the
 * replay: counted back from now it would be left out where an hour has ended since.
 */
export async function backfillRest(replayedFrom: Date, step: Stepper): Promise<void> {
  await step('backfill of the rest', async () => {
    await withTemporal((temporal, config) =>
      Promise.all(TABLES.map((table) => started(temporal, config, table, replayedFrom))),
    );
    return 'what is missing is loaded in the background';
  });
}

function thisHour(): Date {
  return new Date(Math.floor(Date.now() / HOUR_MS) * HOUR_MS);
}

async function started(temporal: TemporalClient, config: Config, table: string, since: Date) {
  const [from = '', to = ''] = [since, thisHour()].map((at) => at.toISOString().replace('.000Z', 'Z'));
  const input: BackfillInput = { table, from, to, concurrency: 4 };
  const handle = await startBackfill(temporal, namesFor(config.env), input);
  return { result: () => handle.result() };
}

async function withTemporal<T>(work: (temporal: TemporalClient, config: Config) => Promise<T>): Promise<T> {
  const config = loadConfig();
  const temporal = await connectTemporal(config);
  try {
    return await work(temporal, config);
  } finally {
    await temporal.connection.close();
  }
}
