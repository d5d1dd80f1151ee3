import { z } from 'zod';
import type { Report } from '../../../define/declared.ts';
import { isPlainObject, readOptions } from '../../../define/options.ts';
import { data } from '../../../definition/facts.ts';
import { shown } from '../../../wording.ts';
import { valueAt } from '../../../definition/value-at.ts';
import { bodyPath } from '../body-path.ts';
import { LONGEST } from './longest.ts';
import type { PageAnswer, PageKind } from './page-kind.ts';
import { Unreadable } from './unreadable.ts';

/**
 * The body holds an object of parameters that ask for the next page: they are laid over the query, as MediaWiki wants
 * it. Nothing there (absent, null, an empty object) ends the walk.
 *
 * @example
 * { kind: 'merge', from: 'continue' }
 */
export interface MergeOptions {
  kind: 'merge';
  /** Where the body holds the object, dots between keys. */
  from: string;
}

const OPTIONS = {
  kind: z.unknown(),
  from: bodyPath("the key of the object in the body, such as 'continue'"),
};

export const merge = {
  read(options: MergeOptions, path: string, report: Report): MergeOptions | undefined {
    const { from } = readOptions(OPTIONS, options, path, report);
    return from === undefined ? undefined : { kind: 'merge', from };
  },
  facts: { from: data() },
  isInBody: () => true,
  named: (position: string) => `the parameters ${shown(position)}`,
  sets: () => [],
  page: (_facts: MergeOptions, position: string | undefined) =>
    position === undefined ? {} : { params: JSON.parse(position) as Record<string, string> },
  next({ from }: MergeOptions, { body }: PageAnswer) {
    const found = valueAt(body, from);
    if (found === undefined || found === null) return undefined;
    if (!isPlainObject(found)) {
      throw new Unreadable(`holds ${shown(found)} at '${from}', which is no object of parameters`, 'from');
    }
    const parameters = Object.entries(found).map(([name, value]) => [name, textOf(value, `${from}.${name}`)]);
    if (parameters.length === 0) return undefined;
    const position = JSON.stringify(Object.fromEntries(parameters));
    if (position.length > LONGEST) {
      const problem = `holds ${position.length} letters at '${from}', and parameters have ${LONGEST} at most`;
      throw new Unreadable(problem, 'from');
    }
    return position;
  },
} satisfies PageKind<MergeOptions>;

function textOf(value: unknown, place: string): string {
  if (['string', 'number', 'boolean'].includes(typeof value)) return String(value);
  throw new Unreadable(`holds ${shown(value)} at '${place}', which no parameter can carry`, 'from');
}
