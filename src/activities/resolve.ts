import { activityInfo } from '@temporalio/activity';
import { z } from 'zod';
import {
  intervalOfSlot,
  intervalStartingAt,
  lastCompleteInterval,
  slotOf,
  type Interval,
} from '../define/calendar.ts';
import { refuseFuture, refuseUnloaded } from '../define/due.ts';
import { readsOf, type LoadedDefinition } from '../define/definition.ts';
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
  ({ catalogue, loads, names, now }: ActivityDeps) =>
  async (input: ResolveInput): Promise<Resolution> => {
    const { table, trigger: asked = 'manual', ...times } = parse(input);
    const { definition, hash } = await catalogue.byName(table);
    refuseUnloaded(definition);
    const interval = intervalFor(definition, times, now());
    // A schedule that was triggered by hand names itself too, but it has no slot.
    const isTriggered =
      asked === 'schedule' && times.interval === undefined && !isSlot(definition, times.nominalTime);
    const trigger = isTriggered ? 'manual' : asked;
    const slot = slotOf(interval, definition.offsetMs);
    const workflowId = names.workflowId(table, slot);
    const run = activityInfo().workflowExecution;
    // Temporal's clock says when a slot has come: ours may be behind it.
    const isOwnSlot = run?.workflowId === workflowId && isSlot(definition, times.nominalTime);
    if (!isOwnSlot) refuseFuture(table, interval, slot, now());
    if (run?.workflowId !== workflowId) {
      return { isCanonical: false, workflowId, input: { table, interval: interval.start, trigger } };
    }
    const loadId = await loads.idFor(`${run.workflowId}/${run.runId}`, table, interval.start);
    const streams = definition.kind === 'rollup' ? readsOf(definition.sql) : [];
    const streamHashes: Record<string, string> = {};
    for (const name of streams) streamHashes[name] = (await catalogue.byName(name)).hash;
    const { kind } = definition;
    return {
      isCanonical: true,
      load: {
        env: names.env,
        table,
        kind,
        definitionHash: hash,
        interval,
        slot,
        workflowId,
        trigger,
        loadId,
        streams,
        streamHashes,
      },
    };
  };

function parse(input: unknown): z.infer<typeof shape> {
  const parsed = shape.safeParse(input);
  if (parsed.success) return parsed.data;
  throw new MillraceError(
    'INPUT_INVALID',
    `'refresh' was started with ${JSON.stringify(input)}: ${z.prettifyError(parsed.error)}. Give {"table":"weather"} or {"table":"weather","interval":"2026-01-31T05:00:00Z"}.`,
  );
}

function intervalFor(
  { calendar, offsetMs }: LoadedDefinition,
  times: { interval?: string | undefined; nominalTime?: string | undefined },
  now: Date,
): Interval {
  if (times.interval !== undefined) return intervalStartingAt(calendar, times.interval);
  const ofSlot =
    times.nominalTime === undefined ? undefined : intervalOfSlot(calendar, offsetMs, times.nominalTime);
  return ofSlot ?? lastCompleteInterval(calendar, offsetMs, now.toISOString());
}

function isSlot({ calendar, offsetMs }: LoadedDefinition, nominalTime: string | undefined): boolean {
  return nominalTime !== undefined && intervalOfSlot(calendar, offsetMs, nominalTime) !== undefined;
}
