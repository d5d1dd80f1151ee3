import type { LimitedBy } from '../../clients/http-limits.ts';
import type { Report } from '../../define/declared.ts';
import { readOptions, text, wants, wholeNumber } from '../../define/options.ts';
import { HEADER_NAME } from './header-text.ts';

/**
 * How an API says that it has been asked too often, where that is not as most do.
 *
 * @example { status: 400, says: 'RATE_LIMITED' }
 */
export interface LimitedOptions {
  /** The status of such an answer, 400 to 599. */
  status: number;
  /** The header that says until when: seconds, a Unix time, a date. Default: the usual ones. */
  header?: string;
  /** A text that such an answer has in its body, where other answers have the same status. Default: none is looked for. */
  says?: string;
}

const OPTIONS = {
  status: wholeNumber(400, 599, 'the status that means it, such as 403'),
  header: text("the name of a header, such as 'X-Retry-At'")
    .regex(HEADER_NAME, wants('a header', "the name of one, such as 'X-Retry-At'"))
    .optional(),
  says: text("what such an answer says, such as 'RATE_LIMITED'").optional(),
};

/** Reads the option; undefined where it is wrong, which was reported. */
export function readLimited(options: unknown, path: string, report: Report): LimitedBy | undefined {
  const { status, header, says } = readOptions(OPTIONS, options, path, report);
  if (status === undefined) return undefined;
  return {
    status,
    ...(header === undefined ? {} : { header: header.toLowerCase() }),
    ...(says === undefined ? {} : { says }),
  };
}
