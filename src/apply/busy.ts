import { MillraceError } from '../errors.ts';
import type { Survey } from './survey.ts';

/** So many runs are named; a backfill may have many. */
const SHOWN_RUNS = 5;

/**
 * Refuses to drop a table that a run is loading at this moment. A run that begins later fails with OBJECT_GONE.
 * @throws INPUT_INVALID naming the runs, and how to end them
 */
export async function refuseBusy({ surveyed }: Pick<Survey, 'surveyed'>): Promise<void> {
  const dropped = surveyed.flatMap(({ leftovers }) =>
    leftovers.filter(({ dropsData }) => dropsData === true),
  );
  for (const { object } of dropped) {
    const asked = surveyed.map(async ({ target }) => (await target.runsOf?.(object)) ?? []);
    const runs = (await Promise.all(asked)).flat();
    if (runs.length > 0) throw busy(object, runs);
  }
}

function busy(object: string, runs: readonly string[]): MillraceError {
  const commands = runs.slice(0, SHOWN_RUNS).map((id) => `  temporal workflow cancel --workflow-id '${id}'`);
  const more = runs.length > SHOWN_RUNS ? `\n  and ${runs.length - SHOWN_RUNS} more` : '';
  return new MillraceError(
    'INPUT_INVALID',
    `--drop-data ${object}: it is being loaded. Nothing was changed. Wait for the end of these runs, or cancel them:\n${commands.join('\n')}${more}`,
    { context: { object, runs } },
  );
}
