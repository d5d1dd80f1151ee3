import type { LoadedDefinition } from '../definition/definition.ts';
import { MillraceError } from '../errors.ts';
import { stagingOf } from '../store/staging.ts';
import { dateTime } from '../store/instants.ts';
import type { Load, Staged } from '../workflows/messages.ts';
import type { ActivityDeps } from './deps.ts';
import { loadedDefinition } from './stage.ts';

/**
 * Judges the staged rows before the table is touched: all are there, each key stands once, each row lies inside
 * the interval, and no key belongs to another interval.
 * @throws LOAD_COUNT_WRONG · LOAD_KEY_INVALID, LOAD_ROW_OUTSIDE, LOAD_KEY_TAKEN (not retried) naming a row
 */
export const check =
  (deps: ActivityDeps) =>
  async (load: Load, staged: Staged): Promise<void> => {
    const definition = await loadedDefinition(deps, load);
    const staging = stagingOf(definition, deps.names);
    const count = await staging.count(deps.db, load.loadId);
    if (count !== staged.rows) {
      throw problem('LOAD_COUNT_WRONG', load, `${staged.rows} rows were staged, but ${count} are there`);
    }
    const repeated = await staging.repeatedKey(deps.db, load.loadId);
    if (repeated) {
      throw problem(
        'LOAD_KEY_INVALID',
        load,
        `the source gives a key more than once: ${JSON.stringify(repeated)}; the key ${definition.key.join(', ')} must be unique`,
      );
    }
    const [from, to] = bounds(definition, load);
    const outside = await staging.rowOutside(deps.db, load.loadId, from, to);
    if (outside) {
      throw problem(
        'LOAD_ROW_OUTSIDE',
        load,
        `a row's ${definition.time} is not in [${from}, ${to}): ${JSON.stringify(outside)}`,
      );
    }
    const foreign = await staging.foreignKey(deps.db, load);
    if (foreign) {
      throw problem(
        'LOAD_KEY_TAKEN',
        load,
        `a row's key belongs to another interval: ${JSON.stringify(foreign)}; put ${definition.time} into the key`,
      );
    }
  };

/** The interval as the time column holds it: instants, or (days in UTC alone) dates. */
function bounds({ fields, time }: LoadedDefinition, { interval }: Load): [from: string, to: string] {
  const isDate = fields.find((field) => field.name === time)?.type === 'date';
  const text = (instant: string) => (isDate ? instant.slice(0, 10) : dateTime(instant));
  return [text(interval.start), text(interval.end)];
}

function problem(
  code: 'LOAD_COUNT_WRONG' | 'LOAD_KEY_INVALID' | 'LOAD_ROW_OUTSIDE' | 'LOAD_KEY_TAKEN',
  load: Load,
  why: string,
) {
  return new MillraceError(
    code,
    `${load.table} ${load.interval.start}: ${why}. Nothing was loaded; the last good rows stay.`,
    {
      context: { table: load.table, interval: load.interval.start },
    },
  );
}
