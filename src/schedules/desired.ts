import type { ScheduleOptions } from '@temporalio/client';
import type { TableDefinition } from '../definition/definition.ts';
import type { Names } from '../names.ts';
import type { Desired } from '../targets/target.ts';
import { scheduleFields } from './fields.ts';
import { searchAttributes } from './search-attributes.ts';
import { scheduleSpec } from './spec.ts';

/** In the memo of the schedule's action: says whose it is. */
export const MARK = 'made by millrace apply';

export interface DesiredSchedule extends Desired {
  table: TableDefinition;
  /** The time for which everything is decided. */
  now: Date;
  options: ReturnType<typeof scheduleOptions>;
}

export function desiredSchedule(table: TableDefinition, names: Names, now: Date): DesiredSchedule {
  const options = scheduleOptions(table, names, now);
  const fields = { ...scheduleFields(options), offsetMs: table.offsetMs };
  return { object: options.scheduleId, fields, table, now, options };
}

/** What a table's schedule must be. Overlap is allowed and catch-up short: gaps are found by the ledger. */
export function scheduleOptions(table: TableDefinition, names: Names, now: Date) {
  const attributes = searchAttributes(names, table.name);
  return {
    scheduleId: names.scheduleId(table.name),
    spec: scheduleSpec(table.calendar, table.offsetMs, now),
    policies: { overlap: 'ALLOW_ALL', catchupWindow: 60_000, pauseOnFailure: false },
    memo: { millrace: MARK },
    typedSearchAttributes: attributes,
    action: {
      type: 'startWorkflow',
      workflowType: 'refresh',
      // Temporal appends `-<slot>`: the id under which this interval may be loaded.
      workflowId: names.scheduleId(table.name),
      taskQueue: names.taskQueue('live'),
      args: [{ table: table.name, trigger: 'schedule' }],
      memo: { millrace: MARK },
      staticSummary: `${table.kind} ${table.name}`,
      typedSearchAttributes: attributes,
    },
  } satisfies ScheduleOptions;
}
