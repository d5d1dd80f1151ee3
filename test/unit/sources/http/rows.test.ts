import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { isMillraceError, type MillraceError } from '../../../../src/errors.ts';
import type { Ask, Batch } from '../../../../src/load/source.ts';
import type { HttpFacts } from '../../../../src/sources/http/facts.ts';
import { redactionOf } from '../../../../src/redaction/index.ts';
import { rows } from '../../../../src/sources/http/rows.ts';
import { settingsOf } from '../../../support/private-hosts.ts';

interface Given {
  /** Bytes are sent as they are, everything else as JSON. */
  body: unknown;
  headers?: Record<string, string>;
}

let close: (() => Promise<void>) | undefined;

afterEach(() => close?.());

/** What a pull makes of an API that answers so, the first page first. */
async function read(
  pages: Given[],
  facts: Partial<HttpFacts> = {},
  ask: Partial<Ask> = {},
  see: (batch: Batch) => unknown = () => undefined,
): Promise<number> {
  let asked = 0;
  const server = createServer((_request, response) => {
    const { body, headers = {} } = pages[asked++] ?? { body: {} };
    response
      .writeHead(200, { 'content-type': 'application/json', ...headers })
      .end(Buffer.isBuffer(body) ? body : JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  close = async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  const { port } = server.address() as AddressInfo;
  const whole: HttpFacts = {
    url: `http://127.0.0.1:${port}/v1`,
    query: { limit: '2' },
    headers: {},
    records: 'items',
    timeoutMs: 2_000,
    ...facts,
  };
  let count = 0;
  for await (const batch of rows.fetch(whole, asking(ask))) {
    see(batch);
    count += batch.records.length;
  }
  return count;
}

function asking(ask: Partial<Ask>): Ask {
  const interval = { start: '2026-01-05T07:00:00Z', end: '2026-01-05T08:00:00Z' };
  return {
    deps: { secret: settingsOf(), redaction: redactionOf(['canary/1']) },
    definition: { kind: 'pull', name: 'weather', fields: [] },
    load: { table: 'weather', interval },
    tries: 1,
    rows: 0,
    from: undefined,
    signal: new AbortController().signal,
    ...ask,
  } as unknown as Ask;
}

async function refusal(...args: Parameters<typeof read>): Promise<MillraceError> {
  const outcome: unknown = await read(...args).catch((reason: unknown) => reason);
  if (isMillraceError(outcome)) return outcome;
  throw new Error(`it was to be refused with one of our codes, not ${String(outcome)}`);
}

const TWO = [{ id: 1 }, { id: 2 }];
const NEXT = 'https://api.example/v1?cursor=abc&limit=2';
const CURSOR = { kind: 'cursor', param: 'cursor', from: 'next' } as const;

describe('a pull without pages refuses an answer that says that there is more', () => {
  it.each<[what: string, given: Given, says: string | RegExp, facts?: Partial<HttpFacts>]>([
    [
      'by a Link header',
      {
        body: TWO,
        headers: {
          link: '<https://a/?page=1>; rel=first, <https://a/?page=2,3>; title="x"; rel="last next"',
        },
      },
      /header link: rel="next".*Write pages: \{ kind: 'link' \} beside the url\. /,
      { records: '' },
    ],
    ['by a flag', { body: { items: TWO, has_more: true } }, /has_more: true/],
    ['by a flag in another spelling', { body: { items: TWO, hasMore: true } }, /hasMore: true/],
    ['by a flag that the end would set', { body: { items: TWO, done: false } }, /done: false/],
    ['by a total', { body: { items: TWO, total_entries: 431 } }, /total_entries: 431/],
    ['by a total in digits', { body: { items: TWO, meta: { totalCount: '431' } } }, /meta\.totalCount: 431/],
    ['by the number of pages', { body: { items: TWO, page: { totalPages: 22 } } }, /page\.totalPages: 22/],
    [
      'by a header with a total',
      { body: TWO, headers: { 'x-total-count': '3' } },
      /x-total-count: 3/,
      { records: '' },
    ],
    [
      'by the range that it is',
      { body: TWO, headers: { 'content-range': 'items 0-1/431' } },
      /content-range: 431/,
      { records: '' },
    ],
    [
      'by a header in JSON',
      { body: TWO, headers: { 'x-pagination': '{"TotalCount":431}' } },
      /x-pagination\.TotalCount: 431/,
      { records: '' },
    ],
    [
      'by a cursor',
      { body: { items: TWO, response_metadata: { next_cursor: 'abc' } } },
      "pages: { kind: 'cursor', param: 'cursor', from: 'response_metadata.next_cursor' }",
    ],
    [
      'by a token',
      { body: { items: TWO, nextPageToken: 'abc' } },
      "pages: { kind: 'cursor', param: 'pageToken', from: 'nextPageToken' }",
    ],
    [
      'by a page number',
      { body: { items: TWO, meta: { next_page: 2 } } },
      "pages: { kind: 'cursor', param: 'page', from: 'meta.next_page' }",
    ],
    [
      'by a place to continue from, as MediaWiki',
      { body: { continue: { continue: '-||', apcontinue: 'B' }, query: { pages: TWO } } },
      "pages: { kind: 'cursor', param: 'apcontinue', from: 'continue.apcontinue' }",
      { records: 'query.pages' },
    ],
    [
      'by a place to go on after, as HubSpot',
      { body: { results: TWO, paging: { next: { link: NEXT, after: '20' } } } },
      "pages: { kind: 'cursor', param: 'after', from: 'paging.next.after' }",
      { records: 'results' },
    ],
    [
      'by a cursor whose parameter the next link names',
      {
        body: {
          items: TWO,
          links: { next: 'https://api.example/v1?page%5Bafter%5D=xyz' },
          meta: { has_more: true, after_cursor: 'xyz' },
        },
      },
      "pages: { kind: 'cursor', param: 'page[after]', from: 'meta.after_cursor' }",
    ],
    ['by a link', { body: { items: TWO, _links: { next: { href: NEXT } } } }, /_links\.next: a link/],
    [
      'by a list of links',
      {
        body: {
          items: TWO,
          links: [
            { rel: 'self', href: '/' },
            { rel: 'next', href: NEXT },
          ],
        },
      },
      /links\.1: a link/,
    ],
    [
      'by a link of OData',
      { body: { value: TWO, '@odata.nextLink': NEXT } },
      "Write pages: { kind: 'next', from: '@odata.nextLink' } beside the url.",
      { records: 'value' },
    ],
    [
      'beside the list, deep',
      { body: { data: { list: TWO, pageInfo: { hasNextPage: true, endCursor: 'e' } } } },
      "param: 'after', from: 'data.pageInfo.endCursor'",
      { records: 'data.list' },
    ],
    ['beside the list, in a list', { body: [{ page: 1, total: 3 }, TWO] }, /0\.total: 3/, { records: '1' }],
    [
      'of a search',
      { body: { hits: { total: { value: 3, relation: 'eq' }, hits: TWO } } },
      /hits\.total: 3/,
      { records: 'hits.hits' },
    ],
    [
      'in an envelope in an envelope',
      {
        body: {
          items: TWO,
          additional_data: { pagination: { more_items_in_collection: true, next_start: 2 } },
        },
      },
      /additional_data\.pagination\.more_items_in_collection: true/,
    ],
    ['with an empty page', { body: { items: [], next: 'p2' } }, "from: 'next'"],
  ])('%s', async (_what, given, says, facts) => {
    const error = await refusal([given], facts);
    expect(error).toMatchObject({ code: 'HTTP_MORE_PAGES', retryable: false });
    expect(error.message).toMatch(says);
    expect(error.message).toMatch(/notPages: \['/);
  });

  it('and quotes no link and no cursor: they may hold a key', async () => {
    const error = await refusal([
      {
        body: { items: TWO, next: 'https://api.example/v1?key=canary-1', next_cursor: 'canary-2' },
        headers: { link: '<https://api.example/v1?key=canary-3>; rel="next"' },
      },
    ]);
    expect(JSON.stringify([error.message, error.context])).not.toContain('canary');
  });
});

describe('a pull takes for whole', () => {
  it.each<[what: string, given: Given, facts?: Partial<HttpFacts>]>([
    ['flags that say so', { body: { items: TWO, has_more: false, isLast: true, last: true } }],
    [
      'ends of the walk',
      { body: { items: TWO, next: null, next_cursor: '', nextPageToken: null, links: { next: null } } },
    ],
    [
      'a cursor beside a flag that says so: a bookmark',
      { body: { items: TWO, next_cursor: 'abc', has_more: false } },
    ],
    ['a link beside a flag that says so', { body: { items: TWO, next_page: NEXT, end_of_stream: true } }],
    ['a total that was read', { body: { items: TWO, total: 2, total_pages: 1, count: 100 } }],
    ['numbers of another sense', { body: { items: TWO, last: 0, done: 0, next: -1 } }],
    ['a total that is no number of rows', { body: { items: TWO, total: 512.3 } }],
    [
      'a total of something else, deeper',
      { body: { items: TWO, order: { total: 431 }, summary: { next: 'x' } } },
    ],
    ['fields of the records', { body: { items: [{ next: 'x', has_more: true }, { total: 431 }] } }],
    [
      'a bookmark for the next time',
      { body: { items: TWO, nextSyncToken: 'abc', '@odata.deltaLink': NEXT } },
    ],
    [
      'places that are always given',
      { body: { items: TWO, paging: { cursors: { before: 'a', after: 'b' } } } },
    ],
    [
      'an echo of the cursor that was sent',
      { body: { items: TWO, cursor: 'c1' } },
      { query: { cursor: 'c1' } },
    ],
    [
      'a Link to elsewhere',
      { body: TWO, headers: { link: '<https://a/next>; rel="prev"; title="rel=next"' } },
      { records: '' },
    ],
    [
      'a header of an ended walk',
      { body: TWO, headers: { 'x-next-page': '', 'x-total': '2', 'content-range': '0-1/*' } },
      { records: '' },
    ],
    [
      'what the definition says is something else',
      { body: { items: TWO, meta: { total: 431 } }, headers: { 'X-Total': '9' } },
      { notPages: ['meta.total', 'X-Total'] },
    ],
  ])('%s', async (_what, given, facts) => {
    expect(await read([given], facts)).toBe(given.body instanceof Object ? 2 : 0);
  });
});

describe('a walk', () => {
  const walked = { pages: CURSOR };
  const nested = { pages: { ...CURSOR, from: 'paging.next.after' } };

  it.each([
    ['null', { items: TWO, next: null }, walked],
    ["''", { items: TWO, next: '' }, walked],
    ['absent, as in MediaWiki', { items: TWO }, walked],
    ['absent with what holds it, as in HubSpot', { items: TWO }, nested],
    ['absent in what holds it', { items: TWO, paging: {} }, nested],
  ])('ends where its cursor is %s', async (_what, last, facts) => {
    const first = { items: TWO, next: 'p2', paging: { next: { after: 'p2' } } };
    expect(await read([{ body: first }, { body: last }], facts)).toBe(4);
  });

  it.each([{ after: 'p2' }, true, ['p2']])('cannot go on at %j, and says so', async (next) => {
    const error = await refusal([{ body: { items: TWO, next } }], walked);
    expect(error).toMatchObject({ code: 'HTTP_BODY_INVALID', retryable: false });
    expect(error.message).toMatch(/at 'next', which is no cursor.*'pages\.from'/);
  });

  it('cannot go on at a cursor that no address can hold, and says so', async () => {
    expect(
      await read([{ body: { items: TWO, next: 'x'.repeat(8_000) } }, { body: { items: TWO } }], walked),
    ).toBe(4);
    const error = await refusal([{ body: { items: TWO, next: 'x'.repeat(8_001) } }], walked);
    expect(error).toMatchObject({ code: 'HTTP_BODY_INVALID', retryable: false });
    expect(error.message).toMatch(
      /holds 8001 letters at 'next', and a cursor has 8000 at most.*'pages\.from'/,
    );
    expect(error.message.length).toBeLessThan(500);
  });

  it('whose cursor is absent because it is looked for at a wrong key is refused', async () => {
    const error = await refusal([{ body: { items: TWO, nextCursor: 'p2' } }], walked);
    expect(error.code).toBe('HTTP_MORE_PAGES');
    expect(error.message).toContain("from: 'nextCursor'");
  });

  it('that ends while a flag says that there is more is refused', async () => {
    const pages = [
      { body: { items: TWO, next: 'p2', has_more: true } },
      { body: { items: TWO, next: null, has_more: true } },
    ];
    const error = await refusal(pages, walked);
    expect(error).toMatchObject({ code: 'HTTP_MORE_PAGES', retryable: false });
    expect(error.message).toMatch(/ended after 4 rows.*has_more: true/);
  });

  it('that ends at another key than the one that goes on is refused, with the line to write', async () => {
    const error = await refusal([{ body: { items: TWO, next: null, next_cursor: 'abc' } }], walked);
    expect(error.message).toContain("pages: { kind: 'cursor', param: 'cursor', from: 'next_cursor' }");
  });

  it('that ends below the total is refused', async () => {
    const pages = [
      { body: { items: TWO, next: 'p2', total: 5 } },
      { body: { items: TWO, total: 5, next: null } },
    ];
    expect(await refusal(pages, walked)).toMatchObject({ code: 'HTTP_MORE_PAGES' });
  });

  it('that has read the total, with what an earlier attempt has staged, is whole', async () => {
    const last = { body: { items: TWO, next: null, total: 5, total_pages: 3 } };
    expect(await read([last], walked, { from: 'p2', rows: 3 })).toBe(2);
  });
});

const html = { 'content-type': 'text/html' };

describe('a body that is no JSON is asked for again a few times, and then no more:', () => {
  it.each<[what: string, body: string | Buffer, headers?: Record<string, string>]>([
    ['HTML', '<html>login</html>', html],
    ['JSON that says it is HTML', '{"items":[]}', html],
    ['CSV', 'hour,sensor\n7,a\n', { 'content-type': 'text/csv' }],
    ['CSV that says it is JSON', 'hour,sensor\n7,a\n'],
    ['nothing', ''],
    ['a number that JSON does not have', '{"items":[{"value":NaN}]}'],
    ['another encoding', Buffer.from('{"items":["M\u00fcnchen"]}', 'latin1')],
    ['a document without the list', '{"error":"busy"}'],
  ])('%s', async (_what, body, headers = {}) => {
    const given = [{ body: Buffer.from(body as string), headers }];
    expect(await refusal(given, {}, { tries: 4 })).toMatchObject({
      code: 'HTTP_BODY_INVALID',
      retryable: true,
    });
    expect(await refusal(given, {}, { tries: 5 })).toMatchObject({
      code: 'HTTP_BODY_INVALID',
      retryable: false,
    });
  });
});

it.each([
  ['half a document', '{"items":[{"id":'],
  ['half a letter', Buffer.from('{"items":["M\u00fc').subarray(0, 13)],
])('%s is asked for again as long as the run may take', async (_what, body) => {
  const error = await refusal([{ body: Buffer.from(body) }], {}, { tries: 99 });
  expect(error).toMatchObject({ code: 'HTTP_BODY_INVALID', retryable: true });
});

describe('an object with nothing in it', () => {
  it('is a last page without records, as APIs have it that leave out an empty list', async () => {
    expect(await read([{ body: { items: TWO, next: 'b' } }, { body: {} }], { pages: CURSOR })).toBe(2);
  });

  it.each([[{}], [{ error: 'busy' }]])('is no first page, and %j is none at all', async (body) => {
    const pages =
      Object.keys(body).length === 0 ? [{ body }] : [{ body: { items: TWO, next: 'b' } }, { body }];
    const { code, message } = await refusal(pages, { pages: CURSOR });
    expect([code, message]).toEqual([
      'HTTP_BODY_INVALID',
      expect.stringContaining("holds no list at 'items'"),
    ]);
  });
});

describe('a page that is larger than what is held', () => {
  const large = (next: string | null) =>
    Buffer.from(
      JSON.stringify({
        items: Array.from({ length: 50_000 }, (_, id) => ({ id, text: 'x'.repeat(90) })),
        next,
      }),
    );

  it('comes part by part, and gives the place after it with its last records', async () => {
    const batches: Batch[] = [];
    const count = await read(
      [{ body: large('b') }, { body: { items: TWO, next: null } }],
      { pages: CURSOR },
      {},
      (batch) => batches.push(batch),
    );
    expect(count).toBe(50_002);
    const walks = batches.flatMap(({ walk }) => (walk === undefined ? [] : [walk]));
    expect(walks).toEqual([{ next: 'b' }, { next: undefined }]);
    expect(Math.max(...batches.map(({ records }) => records.length))).toBeLessThan(2_000);
    expect(batches.at(-1)).toEqual({ records: TWO, walk: { next: undefined } });
  });

  it('and not JSON is refused with its beginning', async () => {
    const error = await refusal([{ body: Buffer.from(`{"items":[1,]${' '.repeat(5_000_000)}`) }]);
    expect(error).toMatchObject({ code: 'HTTP_BODY_INVALID' });
    expect(error.message).toMatch(/that is not JSON: \{"items":\[1,\]/);
  });

  it('that is cut gives no place after it', async () => {
    const places: unknown[] = [];
    const cut = read([{ body: large(null).subarray(0, 5_000_000) }], {}, {}, ({ walk }) => places.push(walk));
    await expect(cut).rejects.toMatchObject({ code: 'HTTP_BODY_INVALID', retryable: true });
    expect(places.length).toBeGreaterThan(10);
    expect(places.every((place) => place === undefined)).toBe(true);
  });
});

describe('a secret that an API repeats', () => {
  it.each(['canary/1', 'c2F5OmNhbmFyeS8xIQ=='])('is no place for a walk to go on: %s', async (next) => {
    const error = await refusal([{ body: { items: TWO, next } }], { pages: CURSOR });
    expect(error).toMatchObject({ code: 'HTTP_BODY_INVALID', retryable: false });
    expect(error.message).toMatch(/the place of its next page holds the value of .*Check 'pages'/);
  });

  it('is not seen in a place that ends as a secret begins', async () => {
    const pages = [{ body: { items: TWO, next: 'xcanary' } }, { body: { items: TWO } }];
    expect(await read(pages, { pages: CURSOR })).toBe(4);
  });

  it.each([
    ['what is no JSON', Buffer.from('{"items": ["x"], canary/1}')],
    ['JSON of a letter too few', Buffer.from('canary/1')],
  ])('is not in what the parser says of %s', async (_what, body) => {
    expect((await refusal([{ body }])).message).not.toContain('can');
  });

  it('is marked as cut where no more than its beginning is quoted', async () => {
    const error = await refusal([{ body: { items: `${'-'.repeat(70)}canary/1` } }]);
    expect(redactionOf(['canary/1']).text(error.message)).not.toContain('canary');
  });
});
