import type { HttpRequest } from '../../clients/http-request.ts';
import { MillraceError } from '../../errors.ts';
import type { OutsideDeps } from '../../load/deps.ts';
import { isEarly } from '../../load/few-tries.ts';
import type { Ask } from '../../load/source.ts';
import type { Moved } from './pages/unreadable.ts';
import { bodyInvalid } from './records.ts';
import type { Walk } from './walk.ts';

/** A walk longer than this is one of pages that never end. */
const MAX_PAGES = 100_000;

/** An API whose pages come again, or never end. @throws HTTP_PAGES_LOOP */
export function refuseLoop({ kind, ask, seen }: Walk, position: string | undefined): void {
  if (kind === undefined || position === undefined) return;
  const isRepeated = seen.has(position);
  seen.add(position);
  if (!isRepeated && seen.size < MAX_PAGES) return;
  const why = isRepeated ? `gave ${kind.named(position)} a second time` : 'does not come to an end';
  throw loop(ask, `${why}, after ${seen.size} pages`, isRepeated);
}

/** An API that does not know the parameter for pages answers with the first one for ever. @throws HTTP_PAGES_LOOP */
export function refuseRepeated(
  walk: Walk,
  { count, first, last }: { count: number; first: unknown; last: unknown },
): void {
  if (walk.kind?.isCounted !== true) return;
  const edges = JSON.stringify([count, first, last]);
  if (count > 0 && edges === walk.edges) {
    throw loop(walk.ask, `sent the same ${count} records twice, one page after the other`);
  }
  walk.edges = edges;
}

/** A cache on the way may have sent an older answer: a next try begins at the first page. */
function loop(
  { load: { table, interval }, tries }: Ask<OutsideDeps>,
  why: string,
  mayPass = true,
): MillraceError {
  return new MillraceError(
    'HTTP_PAGES_LOOP',
    `pull '${table}' ${interval.start}: the API ${why}. Nothing was loaded; check 'pages' in the definition.`,
    { retryable: mayPass && isEarly(tries), startsAgain: true, context: { table } },
  );
}

/** Whoever stages the rows forgets those of this walk, so that the next try begins at the first page. */
export function moved({ definition, load, tries }: Ask<OutsideDeps>, { message }: Moved): MillraceError {
  return new MillraceError(
    'HTTP_PAGES_MOVED',
    `pull '${definition.name}' ${load.interval.start}: the list changed while its pages were read: ${message}. Nothing was loaded; a next try begins at the first page. If this happens again, give the table a longer 'offset', or ask the API to sort the list by a time.`,
    { retryable: isEarly(tries), startsAgain: true },
  );
}

/** Where a walk goes on is kept in the store, and shown in Temporal. @throws HTTP_BODY_INVALID (not retried) */
export function refuseSecret(
  ask: Ask<OutsideDeps>,
  { secrets }: HttpRequest,
  next: string | undefined,
): void {
  // In brackets: what looks like the beginning of a secret at its end was not cut there.
  const place = `[${next}]`;
  if (next === undefined || ask.deps.redaction.text(place) === place) return;
  throw bodyInvalid(
    ask,
    `the place of its next page holds the value of ${secrets.join(' or ')}, which is kept nowhere, and that place would be. Check 'pages' in the definition; else ask for all in one page, or for shorter intervals with 'every'.`,
    false,
  );
}
