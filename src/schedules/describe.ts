import type { ScheduleDescription } from '@temporalio/client';
import { ScheduleNotFoundError, type TemporalClient } from '../clients/temporal.ts';

/** What Temporal knows of a schedule; undefined where there is none. */
export async function describeSchedule(
  temporal: TemporalClient,
  scheduleId: string,
): Promise<ScheduleDescription | undefined> {
  try {
    return await temporal.schedule.getHandle(scheduleId).describe();
  } catch (error) {
    if (error instanceof ScheduleNotFoundError) return undefined;
    throw error;
  }
}

/** Why a schedule is paused, as whoever did it has said; undefined where it is not. */
export async function pauseOf(temporal: TemporalClient, scheduleId: string): Promise<string | undefined> {
  const state = (await describeSchedule(temporal, scheduleId))?.state;
  return state?.paused ? (state.note ?? '') : undefined;
}
