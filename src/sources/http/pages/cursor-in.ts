import { ExactNumber } from '../../../exact-number.ts';
import { shown } from '../../../wording.ts';
import { LONGEST } from './longest.ts';
import { Unreadable } from './unreadable.ts';

/**
 * What an answer gives as the place to go on at, as a text; undefined where it gives nothing (absent, null, '').
 *
 * @param where it stands, for messages: `at 'meta.next'`
 * @param option of `pages`, for messages
 * @throws `Unreadable` where it is no cursor, or a number that JavaScript has rounded: the next page would be another
 */
export function cursorIn(value: unknown, where: string, option: string): string | undefined {
  if (value === undefined || value === null || value === '') return undefined;
  if (typeof value === 'string' && value.length > LONGEST) {
    const problem = `holds ${value.length} letters ${where}, and a cursor has ${LONGEST} at most`;
    throw new Unreadable(problem, option);
  }
  if (typeof value === 'string' && !isSendable(value)) {
    throw new Unreadable(`holds half a letter ${where}, which no address can carry`, option);
  }
  if (typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value)) {
    throw new Unreadable(`holds a number ${where} that is too large to be read exactly`, option);
  }
  if (typeof value === 'string' || typeof value === 'number' || value instanceof ExactNumber)
    return String(value);
  throw new Unreadable(`holds ${shown(value)} ${where}, which is no cursor`, option);
}

/** Half of a letter beyond the first 65,536 alone cannot be written in UTF-8. */
function isSendable(text: string): boolean {
  return !/\p{Surrogate}/u.test(text);
}
