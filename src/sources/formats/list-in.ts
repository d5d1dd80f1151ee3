import { isPlainObject } from '../../define/options.ts';
import { valueAt } from '../../definition/value-at.ts';
import { cutTo } from '../../wording.ts';
import { NoList } from './faults.ts';
import { outlineOf } from './outline.ts';

/** The list of records in a document. @throws `NoList` */
export function listIn(document: unknown, path: string): unknown[] {
  const found = valueAt(document, path);
  if (Array.isArray(found)) return found;
  const shown = cutTo(80, JSON.stringify(found) ?? 'nothing');
  const isEmpty = isPlainObject(document) && Object.keys(document).length === 0;
  throw new NoList(`no list at '${path}' but ${shown}; it is ${outlineOf(document)}`, isEmpty);
}
