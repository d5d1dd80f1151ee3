import type { Mutant } from '../mutant.ts';

const CALENDAR = 'test/unit/definition/calendar.test.ts';
const RESOLVE = 'test/unit/activities/resolve.test.ts';
const INTERVALS = 'test/unit/activities/list-intervals.test.ts';

/** Which interval, and when. */
export const SCHEDULES: readonly Mutant[] = [
  {
    name: 'the interval comes from now, not from the slot',
    contract: 2,
    file: 'src/load/which-interval.ts',
    find: "    if (ofSlot !== undefined) return { interval: ofSlot, by: 'slot' };\n    const ofFormer = intervalOfFormerSlot(table, await former(), nominalTime, now);\n    if (ofFormer !== undefined) return { interval: ofFormer, by: 'former slot' };\n",
    replace: '',
    test: {
      file: RESOLVE,
      name: 'a run that a schedule started loads the interval of its slot, however late it executes',
    },
  },
  {
    name: "a workflow's own slot is taken from what somebody wrote into its input",
    contract: 2,
    file: 'src/activities/resolve.ts',
    find: '    if (started !== undefined) parse(startInput, started);\n',
    replace: '',
    test: { file: RESOLVE, name: 'a nominal time that somebody gave is refused' },
  },
  {
    name: 'the nominal time of a scheduled run is not passed on',
    contract: 2,
    file: 'src/workflows/refresh.ts',
    find: 'resolve({ ...input, ...nominalTime() }, input)',
    replace: 'resolve(input, input)',
    test: {
      file: 'test/unit/workflows/refresh.test.ts',
      name: 'that a schedule started resolves by the nominal time of its slot',
    },
  },
  {
    name: 'a range of intervals includes the one that begins at its end',
    contract: 2,
    file: 'src/definition/calendar.ts',
    find: 'current.start < endMs;',
    replace: 'current.start <= endMs;',
    test: {
      file: CALENDAR,
      name: 'intervals between two instants are those whose start lies in the half-open range',
    },
  },
  {
    name: 'the interval that is going on counts as complete',
    contract: 2,
    file: 'src/definition/calendar.ts',
    find: 'intervalAt(calendar, dueBefore).start - 1)',
    replace: 'intervalAt(calendar, dueBefore).start)',
    test: { file: CALENDAR, name: 'the last complete interval of' },
  },
  {
    name: 'the interval of a slot is the one that begins there',
    contract: 2,
    file: 'src/definition/calendar.ts',
    find: 'const ending = intervalAt(calendar, endMs - 1);\n  return ending.end === endMs',
    replace: 'const ending = intervalAt(calendar, endMs);\n  return ending.start === endMs',
    test: { file: CALENDAR, name: 'gives an interval back for its slot, with an offset of' },
  },
  {
    name: 'a local day has 24 hours',
    contract: 2,
    file: 'src/definition/calendar.ts',
    find: 'const end = startOfLocalDay(zone, dayMs);',
    replace: 'const end = start + DAY_MS;',
    test: { file: CALENDAR, name: '23 hours in Berlin' },
  },
  {
    name: 'an interval whose slot has not come is loaded',
    contract: 2,
    file: 'src/definition/due.ts',
    find: 'if (Date.parse(slot) <= now.getTime()) return;',
    replace: 'if (Date.parse(interval.start) <= now.getTime()) return;',
    test: { file: RESOLVE, name: 'an interval whose slot has not come is refused, whoever asks' },
  },
  {
    name: 'a schedule fires at the end of an interval, without the offset',
    contract: 2,
    file: 'src/schedules/spec.ts',
    find: 'intervals: [{ every: everyMs, offset: offsetMs % everyMs }]',
    replace: 'intervals: [{ every: everyMs, offset: 0 }]',
    test: { file: 'test/unit/schedules/spec.test.ts', name: 'is an interval counted from the epoch' },
  },
  {
    name: 'the schedule of a local day ends after some years',
    contract: 2,
    file: 'src/schedules/spec.ts',
    find: 'year === lastExact ? { start: year, end: LAST_YEAR } : year',
    replace: 'year',
    test: {
      file: 'test/unit/schedules/spec.test.ts',
      name: 'still fire once a day in years that are not exact yet',
    },
  },
  {
    name: 'a backfill loads intervals whose slot has not come',
    contract: 2,
    file: 'src/activities/list-intervals.ts',
    find: 'Date.parse(slotOf(interval, definition.offsetMs)) <= now().getTime();',
    replace: 'Date.parse(interval.end) <= now().getTime();',
    test: {
      file: INTERVALS,
      name: 'a backfill lists what the ledger lacks, the newest first, and nothing whose slot has not come',
    },
  },
  {
    name: 'a backfill takes the places of the schedules',
    contract: 16,
    file: 'src/activities/list-intervals.ts',
    find: "names.taskQueue('bulk')",
    replace: "names.taskQueue('live')",
    test: { file: INTERVALS, name: 'a backfill runs beside the schedules, in the queue of bulk' },
  },
];
