import { activityInfo } from '@temporalio/activity';
import { z } from 'zod';
import type { Interval } from '../definition/calendar.ts';
import { isTable, type TableDefinition } from '../definition/definition.ts';
import { refuseBeforeSince, refuseFuture, refuseWithoutIntervals } from '../definition/due.ts';
import { MillraceError } from '../errors.ts';
import type { LoadDeps } from '../load/deps.ts';
import type { RefreshInput, Resolution, ResolveInput } from '../load/messages.ts';
import { loadOfThisRun } from '../load/of-this-run.ts';
import { canonicalRun, whichInterval } from '../load/which-interval.ts';
import { sourceOf } from '../sources/index.ts';

const instant = z.iso.datetime({ offset: true });
/** What somebody may start the workflow with. */
const startInput = z.strictObject({
  table: z.string(),
  interval: instant.optional(),
  trigger: z.enum(['schedule', 'manual', 'backfill']).optional(),
});
const resolveInput = startInput.extend({ nominalTime: instant.optional() });

/**
 * Decides what a run loads: which definition (by hash, as it is applied now) and which interval; and whether it is the
 * one run that may load it.
 * @param started the input of the run as it was started: the nominal time is Temporal's to say. Histories from before it
 *   was passed have none
 * @throws INPUT_INVALID, TABLE_UNKNOWN, NO_INTERVALS, INTERVAL_INVALID, INTERVAL_IN_FUTURE, INTERVAL_BEFORE_SINCE
 */
export const resolve =
  (deps: LoadDeps) =>
  async (input: ResolveInput, started?: RefreshInput): Promise<Resolution> => {
    const { catalogue, names, now } = deps;
    const { table, trigger: asked = 'manual', ...times } = parse(resolveInput, input);
    if (started !== undefined) parse(startInput, started);
    const { definition, hash } = await catalogue.byName(table);
    refuseWithoutIntervals(definition);
    const former = async () => (await catalogue.versionsOf(table)).filter(isTable);
    const { interval, by } = await whichInterval(definition, times, now(), former);
    // A schedule that was triggered by hand names itself too, but it has no slot.
    const trigger = asked === 'schedule' && by === 'last complete' ? 'manual' : asked;
    const { slot, workflowId } = canonicalRun(names, definition, interval);
    const run = activityInfo().workflowExecution;
    const isCanonical = run?.workflowId === workflowId;
    refuseBeforeSince(definition, interval);
    // Temporal's clock says when a slot has come: ours may be behind it.
    if (!isCanonical || by !== 'slot') refuseFuture(table, interval, slot, now());
    const of = run === undefined ? {} : { runId: run.runId };
    if (!isCanonical) {
      return { isCanonical, workflowId, input: { table, interval: interval.start, trigger }, ...of };
    }
    const numbered = await numberedLoad(deps, definition, interval);
    return { isCanonical, load: { ...numbered, definitionHash: hash, slot, workflowId, trigger }, ...of };
  };

/** What of a load the store knows: its number, and what it waits for as that is applied now. */
async function numberedLoad(deps: LoadDeps, definition: TableDefinition, interval: Interval) {
  const { catalogue, names } = deps;
  const { name: table, kind } = definition;
  const { loadId } = await loadOfThisRun(deps, { table, interval });
  const { waitsFor: streams } = sourceOf(definition);
  const streamHashes: Record<string, string> = {};
  for (const name of streams) streamHashes[name] = (await catalogue.byName(name)).hash;
  return { env: names.env, table, kind, interval, loadId, streams, streamHashes };
}

function parse<Shape extends z.ZodType>(shape: Shape, input: unknown): z.infer<Shape> {
  const parsed = shape.safeParse(input);
  if (parsed.success) return parsed.data;
  throw new MillraceError(
    'INPUT_INVALID',
    `'refresh' was started with ${JSON.stringify(input)}: ${z.prettifyError(parsed.error)}. Give {"table":"rates"} or {"table":"rates","interval":"2026-01-31T05:00:00Z"}.`,
  );
}
