import type { TemporalClient } from '../../src/clients/temporal.ts';

/** Who carried out a run, by the identities of workers (`pid@host`). */
export interface CarriedOutBy {
  workflowTasks: Set<string>;
  /** By the name of the activity: the one whose attempt was the last. */
  activities: Map<string, string>;
}

/** Reads it from the history of the newest run of this id. */
export async function carriedOutBy(temporal: TemporalClient, workflowId: string): Promise<CarriedOutBy> {
  const by: CarriedOutBy = { workflowTasks: new Set(), activities: new Map() };
  const scheduled = new Map<string, string>();
  const { events } = await temporal.workflow.getHandle(workflowId).fetchHistory();
  for (const event of events ?? []) {
    const { activityTaskScheduledEventAttributes: activity, activityTaskStartedEventAttributes: begun } =
      event;
    const task = event.workflowTaskCompletedEventAttributes;
    if (activity) scheduled.set(String(event.eventId), activity.activityType?.name ?? '');
    if (begun) by.activities.set(scheduled.get(String(begun.scheduledEventId)) ?? '', begun.identity ?? '');
    if (task) by.workflowTasks.add(task.identity ?? '');
  }
  return by;
}
