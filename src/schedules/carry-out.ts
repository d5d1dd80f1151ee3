import { setTimeout as sleep } from 'node:timers/promises';
import type { ScheduleDescription, ScheduleUpdateOptions } from '@temporalio/client';
import { ScheduleAlreadyRunning, type TemporalClient } from '../clients/temporal.ts';
import { MillraceError } from '../errors.ts';
import type { Names } from '../names.ts';
import { same } from '../targets/difference.ts';
import type { Outcome, Step } from '../targets/target.ts';
import type { DesiredSchedule } from './desired.ts';
import { scheduleFields } from './fields.ts';
import type { OffsetBefore, Store } from './former-offset.ts';
import { leftOut, leftOutText, LOADED_MEANWHILE } from './left-out.ts';
import { describe, type LiveSchedule } from './live.ts';
import { startBackfill } from './runs.ts';

export interface Place {
  temporal: TemporalClient;
  names: Names;
  store: Store;
  /** What is said of a schedule that millrace did not make. */
  foreign: (id: string) => string;
}

/** Makes a schedule what it should be, then starts a backfill of what a smaller offset leaves to no slot. */
export async function carryOut(
  place: Place,
  step: Step<DesiredSchedule, LiveSchedule>,
  before: OffsetBefore | undefined,
): Promise<Outcome | undefined> {
  const { action, object, desired } = step;
  const handle = place.temporal.schedule.getHandle(object);
  if (action === 'retire') return void (await handle.delete());
  if (desired === undefined) return undefined;
  if (action === 'create') return create(place, desired.options);
  if (step.differences.some(({ path: [field] }) => field !== 'offsetMs')) {
    const { spec, policies, action, typedSearchAttributes } = desired.options;
    await handle.update(({ state }): ScheduleUpdateOptions => {
      return { spec, policies, action, typedSearchAttributes, state };
    });
  }
  return before === undefined ? undefined : fill(place, desired, before);
}

/** By what Temporal and the ledger say once the schedule goes by its new slots. */
async function fill(
  { temporal, names, store }: Place,
  desired: DesiredSchedule,
  { former, leftOut: planned }: OffsetBefore,
): Promise<Outcome | undefined> {
  const { table } = desired;
  const schedule = await untilChanged(temporal, desired);
  const left = await leftOut(store.ledger, table, former, new Date());
  if (left === undefined) return planned && { note: LOADED_MEANWHILE };
  const isPaused = schedule.state.paused;
  const { from, to } = left;
  if (!isPaused) await startBackfill(temporal, names, { table: table.name, from, to, reprocess: 'missing' });
  return { note: leftOutText(names, table.name, left, isPaused) };
}

/** An update takes effect a moment after it was sent, and slots that come before it does are started by nothing. */
const CHANGED_MS = 10_000;
const POLL_MS = 100;

/** @throws TEMPORAL_UNAVAILABLE when it does not take effect */
async function untilChanged(
  temporal: TemporalClient,
  { object, fields }: DesiredSchedule,
): Promise<ScheduleDescription> {
  const deadlineMs = Date.now() + CHANGED_MS;
  for (;;) {
    const description = await describe(temporal, object);
    const live = description === undefined ? {} : scheduleFields(description);
    const isChanged = ['intervals', 'calendars'].every((part) => same(live[part], fields[part]));
    if (description !== undefined && isChanged) return description;
    if (Date.now() > deadlineMs) throw unchanged(object);
    await sleep(POLL_MS);
  }
}

function unchanged(object: string): MillraceError {
  return new MillraceError(
    'TEMPORAL_UNAVAILABLE',
    `Temporal has not taken over the change of schedule '${object}' for ${CHANGED_MS / 1_000} s. Apply again; it goes on where this one stopped.`,
    { context: { system: 'temporal', object } },
  );
}

async function create({ temporal, foreign }: Place, options: DesiredSchedule['options']): Promise<undefined> {
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
