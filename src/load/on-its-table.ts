import { isNoSuchTable } from '../clients/mariadb.ts';
import { isMillraceError, MillraceError } from '../errors.ts';
import type { LoadDeps } from './deps.ts';
import type { Load } from './messages.ts';

/**
 * Carries out a step of a load on the load's table.
 * @throws OBJECT_GONE (not retried), saying who dropped it, when that table is no longer there · what the step throws
 */
export async function onItsTable<T>(
  deps: Pick<LoadDeps, 'catalogue'>,
  load: Load,
  step: () => Promise<T>,
): Promise<T> {
  try {
    return await step();
  } catch (error) {
    if (!isNoSuchTable(error)) throw error;
    throw gone(load, await isApplied(deps, load.table), error);
  }
}

async function isApplied({ catalogue }: Pick<LoadDeps, 'catalogue'>, table: string): Promise<boolean> {
  try {
    await catalogue.byName(table);
    return true;
  } catch (error) {
    if (isMillraceError(error, 'TABLE_UNKNOWN')) return false;
    throw error;
  }
}

function gone({ table, interval }: Load, isStillApplied: boolean, cause: unknown): MillraceError {
  const why = isStillApplied
    ? "somebody dropped it by hand. 'npx millrace apply' makes it again; then run the interval again"
    : `'npx millrace apply --prune --drop-data ${table}' dropped it, and no definition of that name is applied any more`;
  return new MillraceError(
    'OBJECT_GONE',
    `${table} ${interval.start}: its table is no longer there: ${why}. Nothing was loaded.`,
    { cause, retryable: false, context: { table, interval: interval.start } },
  );
}
