import type { ScheduleDescription } from '@temporalio/client';
import { ScheduleNotFoundError, type TemporalClient } from '../clients/temporal.ts';
import type { Live, Owned } from '../targets/target.ts';
import type { DesiredSchedule } from './desired.ts';
import { scheduleFields } from './fields.ts';

/** When a schedule starts its next run. */
export interface Due {
  /** When it starts its next run, RFC 3339 in UTC; null: it starts none, because it is paused or has no time left. */
  nextSlot: string | null;
  /** Why it is paused, as whoever did it has said; null: it is not. */
  paused: string | null;
}

/** A schedule as Temporal holds it. */
export interface LiveSchedule extends Live, Due {}

/** The schedules that are wanted, those that apply made, and those that carry our search attributes. */
export async function liveSchedules(
  temporal: TemporalClient,
  env: string,
  desired: readonly DesiredSchedule[],
  owned: Owned,
): Promise<ReadonlyMap<string, LiveSchedule>> {
  const ids = new Set([...desired.map(({ object }) => object), ...owned.keys()]);
  // Those of versions that kept no record, too.
  for await (const { scheduleId } of temporal.schedule.list({
    query: `ManagedBy = 'millrace' AND Env = '${env}'`,
  })) {
    ids.add(scheduleId);
  }
  const found = await Promise.all([...ids].map(async (id) => [id, await describe(temporal, id)] as const));
  return new Map(
    found.flatMap(([id, description]) => (description === undefined ? [] : [[id, liveOf(description)]])),
  );
}

/** What Temporal knows of a schedule; undefined where there is none. */
export async function describe(
  temporal: TemporalClient,
  id: string,
): Promise<ScheduleDescription | undefined> {
  try {
    return await temporal.schedule.getHandle(id).describe();
  } catch (error) {
    if (error instanceof ScheduleNotFoundError) return undefined;
    throw error;
  }
}

/** When a schedule starts its next run, and why it starts none; of one that is not there neither. */
export async function nextSlotOf(temporal: TemporalClient, id: string): Promise<Due> {
  const description = await describe(temporal, id);
  return description === undefined ? { nextSlot: null, paused: null } : dueOf(description);
}

function liveOf(description: ScheduleDescription): LiveSchedule {
  return { fields: scheduleFields(description), mark: markOf(description), ...dueOf(description) };
}

function dueOf(description: ScheduleDescription): Due {
  const { paused: isPaused, note } = description.state;
  // Temporal goes on naming times at which a paused schedule would start a run.
  const [next] = isPaused ? [] : description.info.nextActionTimes;
  return {
    nextSlot: next?.toISOString().replace('.000Z', 'Z') ?? null,
    paused: isPaused ? (note ?? '') : null,
  };
}

function markOf({ action }: ScheduleDescription): Live['mark'] {
  const mark = action.type === 'startWorkflow' ? action.memo?.['millrace'] : undefined;
  return mark === undefined ? undefined : 'ours';
}
