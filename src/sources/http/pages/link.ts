import { z } from 'zod';
import type { Report } from '../../../define/declared.ts';
import { readOptions } from '../../../define/options.ts';
import { nextLinks } from '../link-header.ts';
import { linkTo } from './link-to.ts';
import type { PageAnswer, PageKind } from './page-kind.ts';

/**
 * The header `Link: <…>; rel="next"` (RFC 8288) leads to the next page. None ends the walk.
 *
 * @example
 * { kind: 'link' }
 */
export interface LinkOptions {
  kind: 'link';
}

const OPTIONS = { kind: z.unknown() };

export const link = {
  read(options: LinkOptions, path: string, report: Report): LinkOptions {
    readOptions(OPTIONS, options, path, report);
    return { kind: 'link' };
  },
  facts: {},
  isInBody: () => false,
  isLink: true,
  named: () => 'the link to one page',
  sets: () => [],
  page: (_facts: LinkOptions, position: string | undefined) =>
    position === undefined ? {} : { link: position },
  next(_facts: LinkOptions, answer: PageAnswer) {
    const [next] = nextLinks(answer.headers['link'] ?? '');
    return next === undefined ? undefined : linkTo(next, answer, 'kind');
  },
} satisfies PageKind<LinkOptions>;
