import { MillraceError } from '../../../errors.ts';
import { pagesLine } from './pages-line.ts';
import { saidInBody, saidInHeaders, type Said } from './said.ts';
import { signsOfMore, signText, type Read } from './signs.ts';

/** The last answer of a pull: the only one, or the one with which a walk ended. */
export interface LastAnswer extends Read {
  /** Who asks: `pull 'rates' 2026-01-05T07:00:00Z`. */
  subject: string;
  /** By their names in lower case. */
  headers: Record<string, string>;
  body: unknown;
  /** The path of the list in the body. */
  list: string;
  /** Places that look as if they spoke of pages, and do not. */
  notPages: readonly string[];
}

/**
 * Refuses an answer that says that there are more rows than were read: a short load would look like a whole one.
 * @throws HTTP_MORE_PAGES with the line that walks the pages, where there is one
 */
export function refuseMore(answer: LastAnswer): void {
  const said = [...saidInHeaders(answer.headers), ...saidInBody(answer.body, answer.list)].filter(
    ({ place }) => !answer.notPages.some((other) => other.toLowerCase() === place.toLowerCase()),
  );
  const signs = signsOfMore(said, answer);
  if (signs.length === 0) return;
  const { subject, rows, isWalk } = answer;
  const ended = isWalk
    ? `the walk of its pages ended after ${rows} rows`
    : `the API answered with ${rows} rows`;
  throw new MillraceError(
    'HTTP_MORE_PAGES',
    `${subject}: ${ended}, and the answer says that there are more: ${signs.map(signText).join(', ')}. Nothing was loaded. ${remedy(said, signs)}`,
    { context: { signs: signs.map(({ place }) => place) } },
  );
}

function remedy(said: readonly Said[], signs: readonly Said[]): string {
  const line = pagesLine(said);
  const param = line?.includes('param:')
    ? " (param: as the API calls the parameter that takes the value at 'from')"
    : '';
  const walk =
    line === undefined
      ? "Say with 'pages' how the next page is asked for: { kind: 'page', … } or { kind: 'offset', … } where it has a number"
      : `Write ${line} beside the url${param}`;
  const places = [...new Set(signs.map(({ place }) => `'${place}'`))].join(', ');
  return `${walk}. If it means something else here, write notPages: [${places}].`;
}
