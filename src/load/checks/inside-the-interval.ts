import { timeBounds } from '../../definition/row-time.ts';
import type { Check } from './check.ts';

/** The time of every row lies in the interval, unless the definition lets those go that do not. */
export const insideTheInterval: Check = {
  code: 'LOAD_ROW_OUTSIDE',
  async problem({ db, staging, definition, load }) {
    const outside = await staging.rowOutside(db, load);
    if (outside === undefined) return undefined;
    const [from, to] = timeBounds(definition, load.interval);
    return `a row's ${definition.time} is not in [${from}, ${to}): ${JSON.stringify(outside)}; ask the source for the interval alone, or give outside: 'drop' where it cannot be asked so`;
  },
};
