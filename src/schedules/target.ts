import type { ScheduleUpdateOptions } from '@temporalio/client';
import {
  connectTemporal,
  ScheduleAlreadyRunning,
  temporalCommand,
  temporalError,
  type TemporalClient,
} from '../clients/temporal.ts';
import type { Config } from '../config.ts';
import { isTable } from '../definition/definition.ts';
import { MillraceError } from '../errors.ts';
import { namesFor } from '../names.ts';
import { diffByFields } from '../targets/difference.ts';
import type { Step, Target } from '../targets/target.ts';
import { desiredSchedule, type DesiredSchedule } from './desired.ts';
import { liveSchedules, type LiveSchedule } from './live.ts';
import { runningOf } from './running.ts';

/**
 * One Temporal schedule per table. A schedule that an operator paused stays paused.
 *
 * apply writes a mark into the memo of each schedule's action, and knows its own schedules by it.
 */
export function openTemporal(config: Config): Target<DesiredSchedule, LiveSchedule> {
  const names = namesFor(config.env);
  let connected: Promise<TemporalClient> | undefined;
  const temporal = () => (connected ??= connectTemporal(config));
  const foreign = (id: string) => foreignText(config, id);
  return {
    system: 'temporal',
    desired: ({ definitions, now }) =>
      [...definitions.values()].filter(isTable).map((table) => desiredSchedule(table, names, now)),
    live: (desired, owned) => named(async () => liveSchedules(await temporal(), names.env, desired, owned)),
    diff: (desired, live, owned) => diffByFields('temporal', desired, live, owned),
    carryOut: (step) => named(async () => carryOut(await temporal(), step, foreign)),
    runsOf: (table) => named(async () => runningOf(await temporal(), names.scheduleId(table))),
    foreign,
    close: async () =>
      void (await connected?.then(
        (client) => client.connection.close(),
        () => undefined,
      )),
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

async function carryOut(
  temporal: TemporalClient,
  { action, object, desired }: Step<DesiredSchedule, LiveSchedule>,
  foreign: (id: string) => string,
): Promise<undefined> {
  const handle = temporal.schedule.getHandle(object);
  if (action === 'retire') return void (await handle.delete());
  if (desired === undefined) return;
  const { options } = desired;
  if (action === 'create') return create(temporal, options, foreign);
  await handle.update((previous): ScheduleUpdateOptions => ({
    spec: options.spec,
    policies: options.policies,
    action: options.action,
    typedSearchAttributes: options.typedSearchAttributes,
    state: previous.state,
  }));
}

async function create(
  temporal: TemporalClient,
  options: DesiredSchedule['options'],
  foreign: (id: string) => string,
): Promise<undefined> {
  try {
    await temporal.schedule.create(options);
  } catch (error) {
    if (!(error instanceof ScheduleAlreadyRunning)) throw error;
    // Whoever made it just now holds no lock of ours: it is somebody else's.
    const id = options.scheduleId;
    throw new MillraceError('OBJECT_FOREIGN', foreign(id), {
      context: { system: 'temporal', object: id },
    });
  }
}
