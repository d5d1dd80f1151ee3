import { z } from 'zod';
import type { Report } from '../../../define/declared.ts';
import { readOptions, text } from '../../../define/options.ts';
import { data } from '../../../definition/facts.ts';
import { shown } from '../../../wording.ts';
import { valueAt } from '../../../definition/value-at.ts';
import { bodyPath } from '../body-path.ts';
import { cursorIn } from './cursor-in.ts';
import type { PageAnswer, PageKind } from './page-kind.ts';

/**
 * The body holds what asks for the next page. Nothing there (absent, null, '') ends the walk.
 *
 * @example
 * { kind: 'cursor', param: 'after', from: 'meta.next' }
 */
export interface CursorOptions {
  kind: 'cursor';
  /** The parameter that carries the cursor. */
  param: string;
  /** Where the body holds it, dots between keys. */
  from: string;
}

const OPTIONS = {
  kind: z.unknown(),
  param: text("the parameter that asks for the next page, such as 'after'"),
  from: bodyPath("the key of the cursor in the body, such as 'next'"),
};

export const cursor = {
  read(options: CursorOptions, path: string, report: Report): CursorOptions | undefined {
    const { param, from } = readOptions(OPTIONS, options, path, report);
    return param === undefined || from === undefined ? undefined : { kind: 'cursor', param, from };
  },
  facts: { param: data(), from: data() },
  isInBody: () => true,
  named: (position: string) => `the cursor ${shown(position)}`,
  sets: ({ param }: CursorOptions) => [param],
  page: ({ param }: CursorOptions, position: string | undefined) =>
    position === undefined ? {} : { params: { [param]: position } },
  next({ from }: CursorOptions, { body }: PageAnswer) {
    // Where the cursor stands elsewhere by now, or `from` is misspelt, the answer itself says that there is more.
    return cursorIn(valueAt(body, from), `at '${from}'`, 'from');
  },
} satisfies PageKind<CursorOptions>;
