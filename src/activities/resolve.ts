import { activityInfo } from '@temporalio/activity';
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import {
  intervalOfSlot,
  intervalStartingAt,
  lastCompleteInterval,
  slotOf,
  type Interval,
} from '../definition/calendar.ts';
import { refuseFuture, refuseUnloaded } from '../definition/due.ts';
import { isLoaded, readsOf, type LoadedDefinition } from '../definition/definition.ts';
import { MillraceError } from '../errors.ts';
import type { Load, RefreshInput } from '../workflows/messages.ts';
import type { ActivityDeps } from './deps.ts';

export interface ResolveInput extends RefreshInput {
  /** The slot for which a schedule started this run. */
  nominalTime?: string;
}

/** What a run is for; and whether it is the one run that may load this interval. */
export type Resolution =
  { isCanonical: true; load: Load } | { isCanonical: false; workflowId: string; input: RefreshInput };

const instant = z.iso.datetime({ offset: true });
const shape = z.strictObject({
  table: z.string(),
  interval: instant.optional(),
  trigger: z.enum(['schedule', 'manual', 'backfill']).optional(),
  nominalTime: instant.optional(),
});

/**
 * Decides what a run loads: which definition (by hash, as it is applied now) and which interval.
 *
 * The interval is the one given; else that of the slot for which the run was started; else (a trigger by hand has
 * no slot) the last complete one. Never derived from the time at which the run happens to execute.
 * @throws INPUT_INVALID, TABLE_UNKNOWN, TABLE_NOT_LOADED, INTERVAL_INVALID, INTERVAL_IN_FUTURE
 */
export const resolve =
  (deps: ActivityDeps) =>
  async (input: ResolveInput): Promise<Resolution> => {
    const { catalogue, names, now } = deps;
    const { table, trigger: asked = 'manual', ...times } = parse(input);
    const { definition, hash } = await catalogue.byName(table);
    refuseUnloaded(definition);
    const { calendar, offsetMs } = definition;
    const given = times.interval === undefined ? undefined : intervalStartingAt(calendar, times.interval);
    const meant = given ?? (await intervalOfRun(catalogue, definition, times.nominalTime, now()));
    const interval = meant ?? lastCompleteInterval(calendar, offsetMs, now().toISOString());
    // A schedule that was triggered by hand names itself too, but it has no slot.
    const trigger = asked === 'schedule' && meant === undefined ? 'manual' : asked;
    const slot = slotOf(interval, offsetMs);
    const workflowId = names.workflowId(table, slot);
    const run = activityInfo().workflowExecution;
    // Temporal's clock says when a slot has come: ours may be behind it.
    const isOwnSlot = run?.workflowId === workflowId && isSlot(definition, times.nominalTime);
    if (!isOwnSlot) refuseFuture(table, interval, slot, now());
    if (run?.workflowId !== workflowId) {
      return { isCanonical: false, workflowId, input: { table, interval: interval.start, trigger } };
    }
    const runKey = `${run.workflowId}/${run.runId}`;
    return {
      isCanonical: true,
      load: {
        ...(await numbered(deps, definition, interval, runKey)),
        ...{ definitionHash: hash, slot, workflowId, trigger },
      },
    };
  };

/** What of a load the store knows: its number, and the streams that it reads as they are applied now. */
async function numbered(
  { catalogue, loads, names }: ActivityDeps,
  definition: LoadedDefinition,
  interval: Interval,
  runKey: string,
) {
  const { name: table, kind } = definition;
  const loadId = await loads.idFor(runKey, table, interval.start);
  const streams = definition.kind === 'rollup' ? readsOf(definition.sql) : [];
  const streamHashes: Record<string, string> = {};
  for (const stream of streams) streamHashes[stream] = (await catalogue.byName(stream)).hash;
  return { env: names.env, table, kind, interval, loadId, streams, streamHashes };
}

function parse(input: unknown): z.infer<typeof shape> {
  const parsed = shape.safeParse(input);
  if (parsed.success) return parsed.data;
  throw new MillraceError(
    'INPUT_INVALID',
    `'refresh' was started with ${JSON.stringify(input)}: ${z.prettifyError(parsed.error)}. Give {"table":"weather"} or {"table":"weather","interval":"2026-01-31T05:00:00Z"}.`,
  );
}

/**
 * The interval of the slot for which a schedule started this run; undefined for a trigger by hand, whose nominal time
 * is the second in which it came.
 *
 * A run that waited while the definition's `offset` was changed has a slot of the former one, and still means that
 * interval. Nothing but the time tells such a run from a trigger: a trigger in the very second of a former slot is
 * taken for it.
 */
async function intervalOfRun(
  catalogue: ActivityDeps['catalogue'],
  definition: LoadedDefinition,
  nominalTime: string | undefined,
  now: Date,
): Promise<Interval | undefined> {
  const { name, calendar, offsetMs } = definition;
  if (nominalTime === undefined) return undefined;
  const ofSlot = intervalOfSlot(calendar, offsetMs, nominalTime);
  if (ofSlot !== undefined) return ofSlot;
  const former = (await catalogue.versionsOf(name))
    .filter(isLoaded)
    .filter((version) => isDeepStrictEqual(version.calendar, calendar));
  return former
    .flatMap((version) => intervalOfSlot(calendar, version.offsetMs, nominalTime) ?? [])
    .find((interval) => Date.parse(slotOf(interval, offsetMs)) <= now.getTime());
}

function isSlot({ calendar, offsetMs }: LoadedDefinition, nominalTime: string | undefined): boolean {
  return nominalTime !== undefined && intervalOfSlot(calendar, offsetMs, nominalTime) !== undefined;
}
