import type { TableDefinition } from '../../definition/definition.ts';
import { meaningOf } from '../../definition/field-types/index.ts';
import { MillraceError } from '../../errors.ts';
import type { Load } from '../messages.ts';
import type { Check } from './check.ts';

/** The time of every row lies in the interval. */
export const insideTheInterval: Check = {
  code: 'LOAD_ROW_OUTSIDE',
  async problem({ db, staging, definition, load }) {
    const [from, to] = bounds(definition, load);
    const outside = await staging.rowOutside(db, load.loadId, from, to);
    if (outside === undefined) return undefined;
    return `a row's ${definition.time} is not in [${from}, ${to}): ${JSON.stringify(outside)}`;
  },
};

/** The interval as the time column compares with it. */
function bounds(
  { name: table, fields, time }: TableDefinition,
  { interval }: Load,
): [from: string, to: string] {
  const field = fields.find(({ name }) => name === time);
  const bound = field && meaningOf(field).roles.rowTime?.bound;
  if (bound === undefined) {
    throw new MillraceError(
      'DEFINITION_INVALID',
      `'${table}': '${time}' cannot be the time of a row. Mend the definition, then apply.`,
    );
  }
  return [bound(interval.start), bound(interval.end)];
}
