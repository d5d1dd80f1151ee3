import type { Logger } from 'pino';
import { endOf, type TemporalClient } from '../clients/temporal.ts';
import type { Database } from '../clients/mariadb.ts';
import { messageOf } from '../errors.ts';
import type { Names } from '../names.ts';
import { leftoversIn } from '../store/leftovers.ts';
import { runLogIn } from '../store/run-log.ts';
import { repeatedly, type Repeated } from './repeatedly.ts';

const EVERY_MS = 3_600_000;

/** Temporal keeps what has ended for a day and longer: a run that it does not know is no run only then. */
const FORGOTTEN_AFTER_MS = 86_400_000;

interface SweepDeps {
  names: Names;
  db: Database;
  temporal: TemporalClient;
}

/**
 * Sweeps the staging tables now and every hour, until it is stopped: a load that failed, or whose worker died between
 * its swap and its clean-up, leaves rows there, which the next load of the same interval removes, if there is one.
 */
export function startSweeping(deps: SweepDeps, log: Logger): Repeated {
  return repeatedly((signal) => sweep(deps, log, signal), {
    everyMs: EVERY_MS,
    onError: (error) =>
      log.warn(
        { error: messageOf(error) },
        'what loads and runs left could not be swept; tried again in an hour',
      ),
  });
}

/**
 * Removes what belongs to runs that have ended, and old lines of the log of runs. A run that was reset is another run,
 * with a load of its own.
 */
async function sweep({ names, db, temporal }: SweepDeps, log: Logger, signal: AbortSignal): Promise<void> {
  const leftovers = leftoversIn(db, names);
  for (const load of await leftovers.loads()) {
    if (signal.aborted) return;
    const end = await endOf(temporal, load);
    if (end === 'open' || (end === 'unknown' && load.ageMs < FORGOTTEN_AFTER_MS)) continue;
    await leftovers.remove(load.loadId);
    log.info({ load: load.loadId, run: load.workflowId }, 'swept what a load left in the staging table');
  }
  // Last: where it cannot be done, the staging tables are swept all the same.
  await runLogIn(db, names).forget();
}
