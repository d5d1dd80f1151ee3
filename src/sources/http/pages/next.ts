import { z } from 'zod';
import type { Report } from '../../../define/declared.ts';
import { readOptions } from '../../../define/options.ts';
import { data } from '../../../definition/facts.ts';
import { valueAt } from '../../../definition/value-at.ts';
import { bodyPath } from '../body-path.ts';
import { linkTo } from './link-to.ts';
import type { PageAnswer, PageKind } from './page-kind.ts';

/**
 * The body holds the address of the next page, absolute or relative. Nothing there (absent, null, '') ends the walk.
 *
 * @example
 * { kind: 'next', from: 'nextRecordsUrl' }
 */
export interface NextOptions {
  kind: 'next';
  /** Where the body holds it, dots between keys. */
  from: string;
}

const OPTIONS = {
  kind: z.unknown(),
  from: bodyPath("the key of the address in the body, such as 'links.next'"),
};

export const next = {
  read(options: NextOptions, path: string, report: Report): NextOptions | undefined {
    const { from } = readOptions(OPTIONS, options, path, report);
    return from === undefined ? undefined : { kind: 'next', from };
  },
  facts: { from: data() },
  isInBody: () => true,
  isLink: true,
  named: () => 'the address of one next page',
  sets: () => [],
  page: (_facts: NextOptions, position: string | undefined) =>
    position === undefined ? {} : { link: position },
  next({ from }: NextOptions, answer: PageAnswer) {
    const found = valueAt(answer.body, from);
    if (found === undefined || found === null || found === '') return undefined;
    return linkTo(found, answer, 'from');
  },
} satisfies PageKind<NextOptions>;
