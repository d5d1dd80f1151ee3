import { connectMariaDb } from '../clients/mariadb.ts';
import { connectTemporal, temporalError, type TemporalClient } from '../clients/temporal.ts';
import { temporalCommand } from '../clients/temporal-address.ts';
import type { Config } from '../config.ts';
import { isTable } from '../definition/definition.ts';
import { namesFor } from '../names.ts';
import { catalogueIn } from '../store/catalogue.ts';
import { ledgerIn } from '../store/ledger.ts';
import type { Target } from '../targets/target.ts';
import { carryOut } from './carry-out.ts';
import { desiredSchedule, type DesiredSchedule } from './desired.ts';
import { diffSchedules } from './diff.ts';
import { offsetsBefore, type OffsetBefore } from './former-offset.ts';
import { liveSchedules, type LiveSchedule } from './live.ts';
import { runningOf } from './running.ts';

/**
 * One Temporal schedule per table. A schedule that an operator paused stays paused.
 *
 * apply writes a mark into the memo of each schedule's action, and knows its own schedules by it. Where a
 * table's offset was made smaller, it starts a backfill of what no slot comes for any more.
 */
export function openTemporal(config: Config): Target<DesiredSchedule, LiveSchedule> {
  const names = namesFor(config.env);
  let connected: Promise<TemporalClient> | undefined;
  const temporal = () => (connected ??= connectTemporal(config));
  const foreign = (id: string) => foreignText(config, id);
  const db = connectMariaDb(config.mariadb, config.mariadb.worker, { connections: 1 });
  const before = new Map<string, OffsetBefore>();
  const store = { catalogue: catalogueIn(db, names), ledger: ledgerIn(db, names) };
  return {
    system: 'temporal',
    desired: ({ definitions, now }) =>
      [...definitions.values()].filter(isTable).map((table) => desiredSchedule(table, names, now)),
    live: (desired, owned) =>
      named(async () => {
        const live = await liveSchedules(await temporal(), names.env, desired, owned);
        for (const [object, offset] of await offsetsBefore(store, live, desired, owned)) {
          before.set(object, offset);
        }
        return live;
      }),
    diff: (desired, live, owned) => diffSchedules(names, desired, live, before, owned),
    carryOut: (step) =>
      named(async () =>
        carryOut({ temporal: await temporal(), names, store, foreign }, step, before.get(step.object)),
      ),
    runsOf: (table) => named(async () => runningOf(await temporal(), names.scheduleId(table))),
    foreign,
    close: async () => {
      await db.close();
      await connected?.then(
        (client) => client.connection.close(),
        () => undefined,
      );
    },
  };
}

function foreignText(config: Config, id: string): string {
  const remedy = temporalCommand(config, `schedule delete --schedule-id '${id}'`);
  return `Temporal already has a schedule '${id}' that millrace did not make. Rename the definition, or delete that schedule: ${remedy}`;
}

/** @throws TEMPORAL_UNAVAILABLE, TEMPORAL_REFUSED in place of what Temporal's client throws */
async function named<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw temporalError(error) ?? error;
  }
}
