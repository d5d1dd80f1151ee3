import { MillraceError } from '../errors.ts';
import type { Interval } from './calendar.ts';
import type { TableDefinition } from './definition.ts';
import { meaningOf } from './field-types/index.ts';

/** The bounds [from, to) of an interval as the table's time column compares with them. */
export function timeBounds(
  { name: table, fields, time = '' }: TableDefinition,
  interval: Interval,
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
