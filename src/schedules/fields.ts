import type { CalendarSpec, ScheduleDescription, ScheduleOptions } from '@temporalio/client';
import { TypedSearchAttributes, type SearchAttributePair } from '@temporalio/common';
import type { Fields } from '../targets/target.ts';

type Comparable = Pick<ScheduleOptions, 'spec' | 'policies' | 'action'> & {
  typedSearchAttributes?: unknown;
};

/**
 * A schedule as it is compared, ours and Temporal's own alike: Temporal gives calendars back compiled, every part of
 * them a list of ranges.
 */
export function scheduleFields({
  spec,
  policies,
  action,
  typedSearchAttributes,
}: Comparable | ScheduleDescription): Fields {
  const { intervals = [], calendars = [], timezone } = spec;
  return {
    intervals: intervals.map(intervalOf),
    calendars: calendars.map(compiled),
    timezone: timezone === undefined || timezone === '' ? 'UTC' : timezone,
    ...spared(spec),
    overlap: policies?.overlap,
    catchupWindowMs: policies?.catchupWindow,
    pauseOnFailure: policies?.pauseOnFailure,
    searchAttributes: attributesOf(typedSearchAttributes),
    action:
      action.type === 'startWorkflow'
        ? {
            workflowType: action.workflowType,
            workflowId: action.workflowId,
            taskQueue: action.taskQueue,
            args: action.args,
            summary: action.staticSummary,
            madeBy: action.memo?.['millrace'] === undefined ? 'nobody' : 'millrace',
            searchAttributes: attributesOf(action.typedSearchAttributes),
          }
        : {},
  };
}

function intervalOf(interval: object): Fields {
  const { every: everyMs, offset: offsetMs = 0 } = interval as { every?: unknown; offset?: unknown };
  return { everyMs, offsetMs };
}

/** Times at which nothing is to start: of ours there are none. */
function spared({ skip, jitter }: { skip?: readonly unknown[]; jitter?: unknown }): Fields {
  return { skip: skip?.length ?? 0, jitter: jitter ?? 0 };
}

/** By name: ours are a list, Temporal's an object that holds one. */
function attributesOf(given: unknown): Fields {
  const list = given instanceof TypedSearchAttributes ? given.getAll() : Array.isArray(given) ? given : [];
  return Object.fromEntries(
    (list as SearchAttributePair[]).map(({ key, value }): [string, unknown] => [key.name, value]),
  );
}

/** What Temporal puts where a calendar says nothing. */
const DEFAULTS: Record<string, string> = {
  second: '0',
  minute: '0',
  hour: '0',
  dayOfMonth: '1-31',
  month: 'JANUARY-DECEMBER',
  year: '',
  dayOfWeek: 'SUNDAY-SATURDAY',
};

/** One line of text per calendar: `hour 23, dayOfMonth 1-28, month MARCH, year 2026`. */
function compiled(calendar: CalendarSpec | ScheduleDescription['spec'] | object): string {
  const parts = calendar as Record<string, unknown>;
  return Object.entries(DEFAULTS)
    .map(([part, usual]) => [part, ranges(parts[part]) || usual] as const)
    .filter(([part, range]) => range !== DEFAULTS[part])
    .map(([part, range]) => `${part} ${range}`)
    .join(', ');
}

function ranges(value: unknown): string {
  const list = value === undefined ? [] : Array.isArray(value) ? (value as unknown[]) : [value];
  return list
    .map((one) => {
      if (typeof one !== 'object' || one === null) return String(one);
      const { start, end = start, step = 1 } = one as { start: unknown; end?: unknown; step?: unknown };
      const range = start === end ? String(start) : `${String(start)}-${String(end)}`;
      return step === 1 ? range : `${range}/${String(step)}`;
    })
    .join(' ');
}
