import { backfill, beginBackfills } from 'millrace/script';
import type { Stepper } from './stepper.ts';

const TABLES = ['weather', 'departures_hourly'];
const HOUR_MS = 3_600_000;

/** The newest 24 hours of both tables, and waits for them: the combined table has its first rows. */
export async function backfillNewest(step: Stepper): Promise<void> {
  const newest = new Date(thisHour().getTime() - 24 * HOUR_MS);
  await step('backfill of the newest 24 hours', async () => {
    const reports = await backfill(hoursSince(newest));
    return reports
      .map(({ table, loaded, rows }) =>
        loaded === 0 ? `${table} has them` : `${table} ${loaded} intervals, ${rows} rows`,
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
    await beginBackfills(hoursSince(replayedFrom));
    return 'what is missing is loaded in the background';
  });
}

/** Every full hour of both tables since then. */
function hoursSince(since: Date) {
  const [from = '', to = ''] = [since, thisHour()].map((at) => at.toISOString().replace('.000Z', 'Z'));
  return TABLES.map((table) => ({ table, from, to, concurrency: 4 }));
}

function thisHour(): Date {
  return new Date(Math.floor(Date.now() / HOUR_MS) * HOUR_MS);
}
