import type { LoadedDefinition } from '../../definition/definition.ts';
import { dateTime } from '../../store/instants.ts';
import type { Load } from '../messages.ts';
import type { Check } from './index.ts';

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

/** The interval as the time column holds it: instants, or (days in UTC alone) dates. */
function bounds({ fields, time }: LoadedDefinition, { interval }: Load): [from: string, to: string] {
  const isDate = fields.find((field) => field.name === time)?.type === 'date';
  const text = (instant: string) => (isDate ? instant.slice(0, 10) : dateTime(instant));
  return [text(interval.start), text(interval.end)];
}
