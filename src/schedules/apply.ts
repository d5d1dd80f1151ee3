import type { ScheduleDescription, ScheduleOptions, ScheduleUpdateOptions } from '@temporalio/client';
import { defineSearchAttributeKey } from '@temporalio/common';
import type { Change } from '../apply/desired.ts';
import { ScheduleAlreadyRunning, type TemporalClient } from '../clients/temporal.ts';
import type { LoadedDefinition } from '../definition/definition.ts';
import { contentHash } from '../definition/hash.ts';
import { MillraceError } from '../errors.ts';
import type { Names } from '../names.ts';
import { describeSchedule } from './describe.ts';
import { scheduleSpec } from './spec.ts';

const MANAGED_BY = defineSearchAttributeKey('ManagedBy', 'KEYWORD');
const ENV = defineSearchAttributeKey('Env', 'KEYWORD');
const TABLE = defineSearchAttributeKey('TableName', 'KEYWORD');

/** @throws OBJECT_FOREIGN when a schedule with a name of ours is not ours */
export async function refuseForeignSchedules(
  { temporal, names }: { temporal: TemporalClient; names: Names },
  tables: LoadedDefinition[],
): Promise<void> {
  for (const id of tables.map(({ name }) => names.scheduleId(name))) {
    const live = await describeSchedule(temporal, id);
    if (live !== undefined && hashOf(live) === undefined) throw foreign(id);
  }
}

/**
 * Makes and keeps one Temporal schedule per loaded definition.
 *
 * Our hash rides in the memo of the schedule's action: `describe` returns it as it was written, while it returns
 * the spec compiled. Paused is what an operator paused, and stays so.
 * @throws OBJECT_FOREIGN when a schedule of that name is not ours
 */
export async function applySchedules(
  { temporal, names }: { temporal: TemporalClient; names: Names },
  tables: LoadedDefinition[],
): Promise<Change[]> {
  const changes: Change[] = [];
  for (const table of tables) {
    const desired = desiredSchedule(table, names, new Date());
    const live = await describeSchedule(temporal, desired.scheduleId);
    changes.push({
      system: 'temporal',
      object: desired.scheduleId,
      action: await reconcile(temporal, desired, live),
    });
  }
  return changes;
}

type Desired = ReturnType<typeof desiredSchedule>;

/** What a table's schedule must be. Overlap is allowed and catch-up short: gaps are found by the ledger. */
export function desiredSchedule(table: LoadedDefinition, names: Names, now: Date) {
  const schedule = {
    scheduleId: names.scheduleId(table.name),
    spec: scheduleSpec(table.calendar, table.offsetMs, now),
    policies: { overlap: 'ALLOW_ALL', catchupWindow: '1 minute', pauseOnFailure: false },
    action: {
      type: 'startWorkflow',
      workflowType: 'refresh',
      // Temporal appends `-<slot>`: the id under which this interval may be loaded.
      workflowId: names.scheduleId(table.name),
      taskQueue: names.taskQueue('live'),
      args: [{ table: table.name, trigger: 'schedule' }],
      staticSummary: `${table.kind} ${table.name}`,
      typedSearchAttributes: [
        { key: MANAGED_BY, value: 'millrace' },
        { key: ENV, value: names.env },
        // So that a run which fails before it knows its interval is found by its table, too.
        { key: TABLE, value: table.name },
      ],
    },
  } satisfies ScheduleOptions;
  const hash = contentHash(schedule);
  return { ...schedule, hash, action: { ...schedule.action, memo: { millrace: hash } } };
}

async function reconcile(
  temporal: TemporalClient,
  { hash, ...desired }: Desired,
  live: ScheduleDescription | undefined,
): Promise<Change['action']> {
  if (live === undefined) {
    await create(temporal, desired);
    return 'create';
  }
  if (hashOf(live) === hash) return 'unchanged';
  await temporal.schedule.getHandle(desired.scheduleId).update((previous): ScheduleUpdateOptions => ({
    spec: desired.spec,
    policies: desired.policies,
    action: desired.action,
    state: previous.state,
  }));
  return 'update';
}

/** Of a schedule of ours, the hash of what it was made from. */
function hashOf({ action }: ScheduleDescription): unknown {
  return action.type === 'startWorkflow' ? action.memo?.['millrace'] : undefined;
}

async function create(temporal: TemporalClient, desired: Omit<Desired, 'hash'>): Promise<void> {
  try {
    await temporal.schedule.create({
      ...desired,
      memo: { millrace: 'made by millrace apply' },
      typedSearchAttributes: desired.action.typedSearchAttributes,
    });
  } catch (error) {
    // The other apply that made it just now holds no lock of ours: it is somebody else's.
    if (error instanceof ScheduleAlreadyRunning) throw foreign(desired.scheduleId);
    throw error;
  }
}

function foreign(scheduleId: string): MillraceError {
  return new MillraceError(
    'OBJECT_FOREIGN',
    `Temporal already has a schedule '${scheduleId}' that millrace did not make. Rename the definition, or delete that schedule: temporal schedule delete --schedule-id ${scheduleId}`,
    { context: { system: 'temporal', object: scheduleId } },
  );
}
