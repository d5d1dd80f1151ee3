import type { HttpRequest } from '../../clients/http-request.ts';
import type { OutsideDeps } from '../../load/deps.ts';
import type { Ask, Batch, Rows } from '../../load/source.ts';
import { formatOf } from '../formats/index.ts';
import { known } from '../known.ts';
import { ahead } from './ahead.ts';
import { askLoggedIn } from './ask.ts';
import { loginParams } from './auth/login-of.ts';
import { outlineOf } from '../formats/outline.ts';
import { HTTP_FACTS, type HttpFacts } from './facts.ts';
import { refuseMore } from './more/index.ts';
import { textsIn, type JsonBody } from './json-body.ts';
import type { PageOfPull } from './request.ts';
import { PAGE_KINDS } from './pages/index.ts';
import type { PageAnswer, PageKind } from './pages/page-kind.ts';
import { Moved, Unreadable } from './pages/unreadable.ts';
import { bodyInvalid, recordsIn } from './records.ts';
import type { Pages, Walk } from './walk.ts';
import { moved, refuseLoop, refuseRepeated, refuseSecret } from './walk-refusals.ts';

/**
 * Walks an API's pages for one interval. Memory: 4 MiB for each page that is under way, which are those of the budget's
 * `atOnce`; the rest of a larger one lies in a file.
 * @throws the codes of `askLoggedIn` and of `recordsIn` · HTTP_PAGES_MOVED (retried a few times, from the first page) ·
 *   HTTP_PAGES_LOOP (retried a few times, from the first page) · HTTP_MORE_PAGES (not retried) · HTTP_BODY_INVALID where a
 *   cursor is none or holds a secret (not retried) · WORKER_TOO_OLD
 */
export const rows: Rows<HttpFacts, OutsideDeps> = {
  fetch,
  reading: ({ format, nulls = [] }) => ({ isText: formatOf(format, 'http.format').isText === true, nulls }),
  misfit: (index) => ({
    record: `record ${index}`,
    remedy: 'Widen the row schema and apply, or have the API mended; the table keeps its last good rows.',
  }),
};

async function* fetch(facts: HttpFacts, ask: Ask<OutsideDeps>): AsyncGenerator<Batch> {
  const { pages } = facts;
  // Without a fact that only a newer version knows, a load would be another one than the definition says.
  for (const name of Object.keys(facts)) known(HTTP_FACTS, name, 'http');
  const kind: PageKind<never> | undefined = pages && known(PAGE_KINDS, pages.kind, 'http.pages.kind');
  for (const name of Object.keys(pages ?? {}).filter((fact) => fact !== 'kind')) {
    known(kind?.facts ?? {}, name, 'http.pages');
  }
  const walk: Walk = { facts, kind, ask, seen: new Set(), rows: ask.rows, pages: pagesOf(facts, kind, ask) };
  try {
    let position = ask.from;
    do {
      refuseLoop(walk, position);
      position = yield* fetchPage(walk, position);
    } while (position !== undefined);
  } finally {
    walk.pages.drop();
  }
}

/** The key under which the first page is asked for. No position is empty. */
const FIRST = '';

function pagesOf(facts: HttpFacts, kind: Walk['kind'], ask: Ask<OutsideDeps>): Pages {
  // Rows of `forEach` are asked for together in place of pages. Who shares no budget asks for one page after the other.
  const atOnce = ask.row === undefined && ask.deps.turns !== undefined ? (facts.budget?.atOnce ?? 1) : 1;
  const request = (position: string, over: AbortSignal) => {
    const page = kind?.page(facts.pages as never, position === FIRST ? undefined : position) ?? {};
    return askLoggedIn(facts, { ...ask, signal: AbortSignal.any([ask.signal, over]) }, page);
  };
  // The page whose turn it is is one of them.
  return ahead(atOnce - 1, request, ({ answer }) => answer.body.close());
}

/** Asks for the pages that come next, as many as the budget has at once, where they are known before they are read. */
function askAhead({ facts, kind, pages }: Walk, next: string | undefined): void {
  for (
    let position = next;
    position !== undefined;
    position = kind?.after?.(facts.pages as never, position)
  ) {
    if (kind?.after === undefined || !pages.begin(position)) return;
  }
}

/**
 * Gives the records of one page, the last of them with the place after them.
 * @returns that place; undefined: it was the last page
 */
async function* fetchPage(
  walk: Walk,
  position: string | undefined,
): AsyncGenerator<Batch, string | undefined> {
  const { facts, kind, ask, pages } = walk;
  const taken = pages.take(position ?? FIRST);
  // Begun before this page has come, so that they overlap.
  askAhead(walk, position && kind?.after?.(facts.pages as never, position));
  const { request, answer } = await taken;
  const batches = recordsIn(facts, ask, answer, position === undefined);
  try {
    if (answer.status === facts.noRows?.status) {
      yield { records: [], walk: { next: undefined } };
      return undefined;
    }
    const page = { count: 0, first: undefined as unknown, last: undefined as unknown };
    // Kept back until it is known whether it is the last one of the page.
    let keptBack: unknown[] = [];
    let read = await batches.next();
    for (; read.done !== true; read = await batches.next()) {
      if (keptBack.length > 0) yield { records: keptBack };
      keptBack = read.value;
      if (page.count === 0) page.first = keptBack[0];
      page.count += keptBack.length;
      page.last = keptBack.at(-1) ?? page.last;
    }
    refuseRepeated(walk, page);
    walk.rows += page.count;
    const next = placeAfter(walk, request, { body: read.value, headers: answer.headers, ...page, position });
    askAhead(walk, next);
    yield { records: keptBack, walk: { next } };
    return next;
  } finally {
    await batches.return(undefined);
    await answer.body.close();
  }
}

/** Where the walk goes on after a page. @throws HTTP_MORE_PAGES */
function placeAfter(
  walk: Walk,
  request: PageOfPull,
  page: Pick<PageAnswer, 'body' | 'headers' | 'count' | 'last' | 'position'>,
): string | undefined {
  const { facts, kind, ask, rows } = walk;
  const { url, base, subject } = request;
  const next = nextOf(walk, { ...page, url, base, loginParams: loginParams(facts.auth), rows });
  refuseSecret(ask, request, next);
  // Before the last rows are staged: with them, a walk counts as complete.
  if (next === undefined) {
    const { records: list, notPages = [] } = facts;
    const { body, headers } = page;
    refuseMore({
      subject,
      headers,
      body,
      list,
      notPages,
      rows,
      isWalk: kind !== undefined,
      sent: sentIn(request),
    });
  }
  return next;
}

/** The values that were sent, wherever: an answer may repeat them. */
function sentIn({ url, query, json = {} }: HttpRequest): Set<string> {
  const ofLink = new URL(url).searchParams.values();
  return new Set([...ofLink, ...Object.values(query), ...textsIn(json as JsonBody)]);
}

function nextOf({ facts, kind, ask }: Walk, answer: PageAnswer): string | undefined {
  try {
    return kind?.next(facts.pages as never, answer);
  } catch (error) {
    if (error instanceof Moved) throw moved(ask, error);
    if (!(error instanceof Unreadable)) throw error;
    // The list is there, so this is no bad moment of the API.
    throw bodyInvalid(
      ask,
      `the answer ${error.message}; it is ${outlineOf(answer.body)}. Check 'pages.${error.option}' in the definition.`,
      false,
    );
  }
}
