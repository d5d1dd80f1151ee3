import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { isMillraceError, type MillraceError } from '../../../../../src/errors.ts';
import type { Ask } from '../../../../../src/load/source.ts';
import { redactionOf } from '../../../../../src/redaction/index.ts';
import type { HttpFacts } from '../../../../../src/sources/http/facts.ts';
import { rows } from '../../../../../src/sources/http/rows.ts';
import type { Turns } from '../../../../../src/store/turns.ts';
import { settingsOf } from '../../../../support/private-hosts.ts';

/** A full page of the vendor, and how many it has: the last one is short. */
const SIZE = 3;
const PAGES = 30;
const ALL = Array.from({ length: SIZE * PAGES - 1 }, (_, index) => ({ id: index + 1 }));

interface Reply {
  body: unknown;
  headers?: Record<string, string>;
}

let reply: (url: URL) => Reply;
let requests: URL[];
/** The Host headers of all requests. */
let sentTo: (string | undefined)[];
/** How many requests are under way, and how many there were at the same time. */
let open: number;
let mostAtOnce: number;
let latencyMs: number;
let origin: string;
let close: () => Promise<void>;

beforeEach(async () => {
  requests = [];
  sentTo = [];
  [open, mostAtOnce, latencyMs] = [0, 0, 0];
  const server = createServer((request: IncomingMessage, response) => {
    const url = new URL(request.url ?? '/', origin);
    requests.push(url);
    sentTo.push(request.headers.host);
    const { body, headers = {} } = reply(url);
    mostAtOnce = Math.max(mostAtOnce, ++open);
    setTimeout(() => {
      open--;
      response.writeHead(200, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
    }, latencyMs);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  close = async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
});

afterEach(() => close());

/** Everybody's turn comes at once. */
const FREE: Turns = { take: async () => ({ end: async () => undefined }), pause: async () => undefined };

interface Walked {
  ids: unknown[];
  /** Where each page says that the walk goes on, and how many rows there are up to there. */
  places: { next: string | undefined; rows: number }[];
}

/** Reads all pages, from a place on. */
async function walk(facts: Partial<HttpFacts>, from?: Walked['places'][number]): Promise<Walked> {
  const whole: HttpFacts = {
    ...{ url: `${origin}/v1/items`, query: { since: '{start}' }, headers: {}, records: 'items' },
    ...{ timeoutMs: 5_000, ...facts },
  };
  const interval = { start: '2026-01-05T07:00:00Z', end: '2026-01-05T08:00:00Z' };
  const ask = {
    deps: {
      secret: settingsOf({ HOOK_URL: `${origin}/hook/tok-1234`, KEY: 'secret-of-the-query' }),
      redaction: redactionOf([]),
      turns: FREE,
    },
    definition: { kind: 'pull', name: 'things', fields: [] },
    load: { table: 'things', interval },
    tries: 1,
    rows: from?.rows ?? 0,
    from: from?.next,
    signal: new AbortController().signal,
  } as unknown as Ask;
  const walked: Walked = { ids: [], places: [] };
  for await (const { records, walk: on } of rows.fetch(whole, ask)) {
    walked.ids.push(...records.map((record) => (record as { id: number }).id));
    walked.places.push({ next: on?.next, rows: (from?.rows ?? 0) + walked.ids.length });
  }
  return walked;
}

async function refusal(facts: Partial<HttpFacts>): Promise<MillraceError> {
  const outcome: unknown = await walk(facts).catch((reason: unknown) => reason);
  if (isMillraceError(outcome)) return outcome;
  throw new Error(`it was to be refused, and gave ${JSON.stringify(outcome)}`);
}

const numberOf = (url: URL, param: string, missing = 0) => Number(url.searchParams.get(param) ?? missing);
const pageFrom = (first: number, size = SIZE) => ALL.slice(first, first + size);

/** Each kind of pages: a vendor that has it, and the definition's options. */
const KINDS: Record<string, { pages: { kind: string }; reply: (url: URL) => Reply; records?: string }> = {
  'a cursor in the body': {
    pages: { kind: 'cursor', param: 'after', from: 'next' } as { kind: string },
    reply: (url) => {
      const first = numberOf(url, 'after');
      return { body: { items: pageFrom(first), next: first + SIZE < ALL.length ? first + SIZE : null } };
    },
  },
  'the last row, with a flag': {
    pages: { kind: 'lastRow', param: 'starting_after', column: 'id', more: 'has_more' } as { kind: string },
    reply: (url) => {
      const first = numberOf(url, 'starting_after');
      return { body: { items: pageFrom(first), has_more: first + SIZE < ALL.length } };
    },
  },
  'the last row, until an empty page': {
    pages: { kind: 'lastRow', param: 'after_id', column: 'id' } as { kind: string },
    reply: (url) => ({ body: { items: pageFrom(numberOf(url, 'after_id')) } }),
  },
  'a Link header': {
    pages: { kind: 'link' },
    records: '',
    reply: (url) => {
      const page = numberOf(url, 'page', 1);
      const next = `<${origin}/v1/items?since=kept&page=${page + 1}>; rel="next"`;
      const last = `<${origin}/v1/items?page=${PAGES}>; rel="last"`;
      return {
        body: pageFrom((page - 1) * SIZE),
        headers: { link: page < PAGES ? `${next}, ${last}` : last },
      };
    },
  },
  'an address in the body, relative': {
    pages: { kind: 'next', from: 'links.next' } as { kind: string },
    reply: (url) => {
      const first = numberOf(url, 'first');
      const next = first + SIZE < ALL.length ? `/v1/items?first=${first + SIZE}` : undefined;
      return { body: { items: pageFrom(first), links: { next } } };
    },
  },
  'an address in the body under a key with a dot, absolute, as in OData': {
    pages: { kind: 'next', from: '@odata.nextLink' } as { kind: string },
    reply: (url) => {
      const first = numberOf(url, '$skip');
      const next = `${origin}/v1/items?%24skip=${first + SIZE}`;
      const more = first + SIZE < ALL.length ? { '@odata.nextLink': next } : {};
      return { body: { items: pageFrom(first), ...more } };
    },
  },
  'parameters to lay over the query': {
    pages: { kind: 'merge', from: 'continue' } as { kind: string },
    reply: (url) => {
      const first = numberOf(url, 'apcontinue');
      const more = { continue: { continue: '-||', apcontinue: first + SIZE } };
      return { body: { items: pageFrom(first), ...(first + SIZE < ALL.length ? more : {}) } };
    },
  },
  'an offset with a total': {
    pages: { kind: 'offset', param: 'skip', size: SIZE, sizeParam: 'top', total: 'meta.total' } as {
      kind: string;
    },
    reply: (url) => ({
      body: {
        items: pageFrom(numberOf(url, 'skip'), numberOf(url, 'top')),
        meta: { total: String(ALL.length) },
      },
    }),
  },
  'an offset until an empty page': {
    pages: { kind: 'offset', param: 'skip' } as { kind: string },
    reply: (url) => ({ body: { items: pageFrom(numberOf(url, 'skip')) } }),
  },
  'a page number with the number of pages': {
    pages: { kind: 'page', param: 'page', last: 'pages' } as { kind: string },
    reply: (url) => ({ body: { items: pageFrom((numberOf(url, 'page') - 1) * SIZE), pages: PAGES } }),
  },
  'a page number from 0 on, until an empty page': {
    pages: { kind: 'page', param: 'p', first: 0 } as { kind: string },
    reply: (url) => ({ body: { items: pageFrom(numberOf(url, 'p') * SIZE) } }),
  },
};

/** Where nothing but a page without records says that the walk is over. */
const ONE_MORE = new Set([
  'the last row, until an empty page',
  'an offset until an empty page',
  'a page number from 0 on, until an empty page',
]);

/** Where a page is known before the one before it is read. */
const TOGETHER = new Set(['an offset with a total', 'a page number with the number of pages']);

describe.each(Object.entries(KINDS))('pages by %s', (name, { pages, records = 'items', reply: answers }) => {
  beforeEach(() => {
    reply = answers;
  });

  test('are read to the last row, each row once, by no request too many', async () => {
    const { ids } = await walk({ pages, records });
    expect(ids).toEqual(ALL.map(({ id }) => id));
    expect(requests.length).toBe(PAGES + (ONE_MORE.has(name) ? 1 : 0));
    expect(requests[0]?.searchParams.get('since')).toBe('2026-01-05T07:00:00Z');
  });

  test('are read several at a time where their end is known, in their order, by no request too many', async () => {
    latencyMs = 5;
    const { ids, places } = await walk({ pages, records, budget: { atOnce: 4 } });
    expect(ids).toEqual(ALL.map(({ id }) => id));
    expect(mostAtOnce).toBe(TOGETHER.has(name) ? 4 : 1);
    expect(requests.length).toBe(PAGES + (ONE_MORE.has(name) ? 1 : 0));
    expect(new Set(requests.map(String)).size).toBe(requests.length);
    const rest = await walk({ pages, records, budget: { atOnce: 4 } }, places[9]);
    expect(rest.ids).toEqual(ALL.slice(places[9]?.rows).map(({ id }) => id));
  });

  test('go on after every page at which the reader was killed, without asking for one again', async () => {
    const { places } = await walk({ pages, records });
    const asked = requests.map(String);
    for (const [index, place] of places.slice(0, -1).entries()) {
      requests = [];
      const { ids } = await walk({ pages, records }, place);
      expect(ids).toEqual(ALL.slice(place.rows).map(({ id }) => id));
      expect(requests.map(String)).toEqual(asked.slice(index + 1));
    }
  });
});

test('a last page that repeats the cursor with which its link asked for it is the last', async () => {
  reply = (url) => {
    const cursor = url.searchParams.get('cursor');
    return cursor === null
      ? { body: { items: [{ id: 1 }], next: '/v1/items?cursor=p2', cursor: null } }
      : { body: { items: [{ id: 2 }], next: null, cursor } };
  };
  const { ids } = await walk({ pages: { kind: 'next', from: 'next' } as { kind: string } });
  expect(ids).toEqual([1, 2]);
});

describe('a link to the next page', () => {
  const to = (link: string): void => {
    reply = (url) => ({
      body: [{ id: numberOf(url, 'page', 1) }],
      headers: url.searchParams.has('page') ? {} : { link: `<${link}>; rel="next"` },
    });
  };
  const pages = { kind: 'link' };

  test.each([
    ['another host', 'http://169.254.169.254/latest', /links to the host 169\.254\.169\.254/],
    ['a file', 'file:///etc/passwd', /links to an address of file:/],
    ['no address', 'http://[', /a text that is no address where the link/],
    ['another host by two slashes', '//169.254.169.254/latest', /links to the host 169\.254\.169\.254/],
  ])('that leads to %s is refused, and nothing is sent there', async (_what, link, says) => {
    to(link);
    const error = await refusal({ pages, records: '' });
    expect(error).toMatchObject({ code: 'HTTP_BODY_INVALID', retryable: false });
    expect(error.message).toMatch(says);
    expect(requests).toHaveLength(1);
  });

  test.each([
    'OWN//evil.example/x',
    'OWN/\\evil.example/x',
    '/.//evil.example/x',
    'OWN/a/..//evil.example',
    '/\t/evil.example/x',
  ])('whose path looks like a host, %j, is asked of the own host or refused', async (link) => {
    to(`${link.replace('OWN', origin)}?page=2`);
    const outcome = await walk({ pages, records: '' }).then(
      ({ ids }) => ids,
      (error: unknown) => isMillraceError(error, 'HTTP_BODY_INVALID') && 'refused',
    );
    expect(outcome).toEqual(link.includes('\t') ? 'refused' : [1, 2]);
    expect(sentTo.every((host) => host === new URL(origin).host)).toBe(true);
  });

  test('that is relative keeps what a setting holds of the path out of the position', async () => {
    to('?page=2');
    const { ids, places } = await walk({ pages, records: '', url: '{HOOK_URL}/items' });
    expect(ids).toEqual([1, 2]);
    expect(places.map(({ next }) => next)).toEqual(['3:?page=2', undefined]);
    expect(requests.at(-1)?.pathname).toBe('/hook/tok-1234/items');
  });

  test('is found behind a text with a quote in it', async () => {
    reply = (url) => ({
      body: [{ id: numberOf(url, 'page', 1) }],
      headers: url.searchParams.has('page')
        ? {}
        : { link: '</v1/items?page=2>; title="2\\" pipes, all"; rel="next"' },
    });
    expect((await walk({ pages, records: '' })).ids).toEqual([1, 2]);
  });

  test('behind a proxy that ends TLS is asked for as the first page was', async () => {
    to(`https://127.0.0.1/v1/items?page=2`);
    expect((await walk({ pages, records: '' })).ids).toEqual([1, 2]);
    expect(requests.at(-1)?.host).toBe(new URL(origin).host);
  });

  test('that repeats the secret of the query is followed without it, and with it once', async () => {
    to('/v1/items?page=2&api_key=secret-of-the-query');
    const { ids, places } = await walk({
      ...{ pages, records: '', auth: { query: { secrets: { api_key: 'KEY' } } } },
    });
    expect(ids).toEqual([1, 2]);
    expect(JSON.stringify(places)).not.toContain('secret-of-the-query');
    expect(requests.at(-1)?.searchParams.getAll('api_key')).toEqual(['secret-of-the-query']);
  });
});

describe('pages that are asked for together', () => {
  const pages = { kind: 'page', param: 'page', last: 'pages' } as { kind: string };
  const budget = { atOnce: 4 };

  test('show a failure when its page would be read, with what was read before it', async () => {
    reply = (url) => {
      const page = numberOf(url, 'page');
      return { body: page === 3 ? { error: 'busy' } : { items: pageFrom((page - 1) * SIZE), pages: PAGES } };
    };
    const error = await refusal({ pages, budget });
    expect(error.message).toContain("the answer holds no list at 'items'");
    expect(requests.length).toBeLessThanOrEqual(6);
  });

  test('are given up where the number of pages changes', async () => {
    reply = (url) => {
      const page = numberOf(url, 'page');
      return { body: { items: pageFrom((page - 1) * SIZE), pages: page < 3 ? PAGES : PAGES + 1 } };
    };
    expect(await refusal({ pages, budget })).toMatchObject({ code: 'HTTP_PAGES_MOVED', startsAgain: true });
  });
});

describe('a vendor that lies about its pages', () => {
  const total = { kind: 'offset', param: 'skip', total: 'total' } as { kind: string };

  test('and ignores the parameter is found out at its second page', async () => {
    reply = () => ({ body: { items: pageFrom(0) } });
    const error = await refusal({ pages: { kind: 'page', param: 'page' } as { kind: string } });
    expect(error.code).toBe('HTTP_PAGES_LOOP');
    expect(requests).toHaveLength(2);
  });

  test('and allows smaller pages than were asked for is read to its end', async () => {
    reply = (url) => ({ body: { items: pageFrom(numberOf(url, 'skip'), 2) } });
    const pages = { kind: 'offset', param: 'skip', size: 50, sizeParam: 'limit' } as { kind: string };
    expect((await walk({ pages })).ids).toHaveLength(ALL.length);
  });

  test.each([
    ['shrinks', -1],
    ['grows', 1],
  ])('whose total %s between two pages has moved rows, and the walk begins again', async (_how, by) => {
    reply = (url) => ({
      body: {
        items: pageFrom(numberOf(url, 'skip')),
        total: ALL.length + (numberOf(url, 'skip') > 0 ? by : 0),
      },
    });
    const error = await refusal({ pages: total });
    expect(error).toMatchObject({ code: 'HTTP_PAGES_MOVED', retryable: true });
    expect(error.message).toContain(
      `'total' said ${ALL.length} on the first page and says ${ALL.length + by}`,
    );
  });

  test('and has no rows before its total is refused', async () => {
    reply = (url) => ({
      body: { items: numberOf(url, 'skip') < 9 ? pageFrom(numberOf(url, 'skip')) : [], total: 80 },
    });
    expect((await refusal({ pages: total })).message).toContain(
      "has no records: 9 were read, and 'total' says 80",
    );
  });

  test.each<[what: string, of: number | string, says: RegExp]>([
    ['0', 0, /has more records than there should be: 3 were read, and 'total' says 0/],
    ['of the page', SIZE, /has more records than there should be: 6 were read, and 'total' says 3/],
    ['below what there is', ALL.length - 1, /has more records than there should be: 89 were read/],
  ])('whose total is %s is refused', async (_what, of, says) => {
    reply = (url) => ({ body: { items: pageFrom(numberOf(url, 'skip')), total: of } });
    expect((await refusal({ pages: total })).message).toMatch(says);
  });

  test('whose number of pages changes has moved rows, and one that has rows beyond it is refused', async () => {
    const pages = { kind: 'page', param: 'page', last: 'pages' } as { kind: string };
    reply = (url) => ({
      body: {
        items: pageFrom((numberOf(url, 'page') - 1) * SIZE),
        pages: numberOf(url, 'page') > 2 ? 29 : 30,
      },
    });
    expect((await refusal({ pages })).code).toBe('HTTP_PAGES_MOVED');
    reply = () => ({ body: { items: pageFrom(0), pages: 0 } });
    expect((await refusal({ pages })).message).toContain("has records on page 1, and 'pages' says 0 pages");
  });

  test('and has a short page in the middle is read to its end', async () => {
    const sizes = [2, 1, 2, 1];
    reply = (url) => {
      const page = numberOf(url, 'page');
      const before = sizes.slice(0, page - 1).reduce((sum, size) => sum + size, 0);
      return { body: { items: pageFrom(before, sizes[page - 1] ?? 0) } };
    };
    const pages = { kind: 'page', param: 'page', size: 2, sizeParam: 'limit' } as { kind: string };
    expect((await walk({ pages })).ids).toEqual([1, 2, 3, 4, 5, 6]);
  });

  test('and has all on one page costs one look at the next where that page may be full', async () => {
    reply = (url) => ({ body: { items: numberOf(url, 'skip') === 0 ? pageFrom(0) : [], total: SIZE } });
    expect((await walk({ pages: total })).ids).toEqual([1, 2, 3]);
    expect(requests).toHaveLength(2);
    requests = [];
    const sized = { ...total, size: 50, sizeParam: 'limit' } as { kind: string };
    expect((await walk({ pages: sized })).ids).toEqual([1, 2, 3]);
    expect(requests).toHaveLength(1);
  });

  test.each([
    ['no flag', { items: [{ id: 1 }] }, /holds undefined at 'has_more' instead of true or false/],
    [
      'a flag without rows',
      { items: [], has_more: true },
      /says at 'has_more' that there are more records, and has none/,
    ],
    ['a row without the column', { items: [{ x: 1 }], has_more: true }, /has no 'id' in its last record/],
    [
      'a number that JavaScript rounds',
      { items: [{ id: 2 ** 53 }], has_more: true },
      /holds a number at 'id' of its last record that is too large to be read exactly/,
    ],
  ])('and gives %s is refused', async (_what, body, says) => {
    reply = () => ({ body });
    const pages = { kind: 'lastRow', param: 'after', column: 'id', more: 'has_more' } as { kind: string };
    expect((await refusal({ pages })).message).toMatch(says);
  });
});
