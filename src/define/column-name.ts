import { shown } from '../wording.ts';

const COLUMN_PATTERN = /^[A-Za-z][A-Za-z0-9_]{0,62}$/;

/**
 * What is wrong with the name of a column or field, or undefined.
 *
 * Names with a leading `_` are ours (`_load_id`) and Druid's (`__time`). MariaDB does not tell columns apart that
 * differ in case only.
 *
 * @param seen the names before it, by their lower-case form; this one is added
 */
export function columnNameProblem(name: string, seen: Map<string, string>): string | undefined {
  const twin = seen.get(name.toLowerCase());
  seen.set(name.toLowerCase(), name);
  if (!COLUMN_PATTERN.test(name)) {
    return `${shown(name)} cannot name a column; use letters, digits and '_', at most 63, a letter first.`;
  }
  // JavaScript finds these on every object, also where the record lacks them.
  if (name in Object.prototype)
    return `'${name}' means something to every JavaScript object; use another name.`;
  if (twin !== undefined) return `'${name}' and '${twin}' are one column to MariaDB; rename one of them.`;
  return undefined;
}
