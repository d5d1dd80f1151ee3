import { json, type Api } from './vendor.ts';

export interface Deal {
  Id: string;
  Name: string;
  Amount: number | null;
  /** Unix ms. */
  modified: number;
}

const BATCH = 200;

/**
 * Salesforce: OAuth2 by client credentials, whose token says nothing of its end; SOQL; `nextRecordsUrl`, a path;
 * `+0000`; errors as lists.
 * @param isOver whether a session that was given is over
 * @see https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/dome_query.htm
 */
export function salesforce(deals: () => readonly Deal[], isOver: (session: string) => boolean): Api {
  let sessions = 0;
  /** What a query has found, by its locator: pages of it do not move. */
  const queries = new Map<string, Deal[]>();
  return {
    answer({ method, url, headers, body }) {
      if (url.pathname === '/services/oauth2/token') {
        const form = new URLSearchParams(body);
        if (method !== 'POST' || form.get('grant_type') !== 'client_credentials')
          return json(
            { error: 'unsupported_grant_type', error_description: 'grant type not supported' },
            {},
            400,
          );
        if (form.get('client_id') !== 'sf-id' || form.get('client_secret') !== 'sf-secret')
          return json({ error: 'invalid_client', error_description: 'invalid client credentials' }, {}, 400);
        return json({
          access_token: `00Dxx!session-${++sessions}`,
          token_type: 'Bearer',
          scope: 'api',
          instance_url: 'https://acme.my.salesforce.com',
        });
      }
      const [, session = ''] = /^Bearer (00Dxx!session-\d+)$/.exec(headers.authorization ?? '') ?? [];
      if (session === '' || isOver(session))
        return json([{ message: 'Session expired or invalid', errorCode: 'INVALID_SESSION_ID' }], {}, 401);
      const [, locator, from] = /^\/services\/data\/v64\.0\/query\/(\w+)-(\d+)$/.exec(url.pathname) ?? [];
      if (locator !== undefined) return page(locator, queries.get(locator) ?? [], Number(from));
      const soql = url.searchParams.get('q') ?? '';
      const [, start = '', end = ''] =
        /WHERE SystemModstamp >= (\S+) AND SystemModstamp < (\S+)$/.exec(soql) ?? [];
      if (
        url.pathname !== '/services/data/v64.0/query' ||
        Number.isNaN(Date.parse(start)) ||
        Number.isNaN(Date.parse(end))
      )
        return json([{ message: "unexpected token: '{'", errorCode: 'MALFORMED_QUERY' }], {}, 400);
      const found = deals().filter(
        ({ modified }) => modified >= Date.parse(start) && modified < Date.parse(end),
      );
      const name = `01g${String(queries.size).padStart(12, '0')}AAA`;
      queries.set(name, found);
      return page(name, found, 0);
    },
    limited: () =>
      json([{ message: 'TotalRequests Limit exceeded.', errorCode: 'REQUEST_LIMIT_EXCEEDED' }], {}, 403),
  };
}

function page(locator: string, found: readonly Deal[], from: number) {
  const to = from + BATCH;
  const done = to >= found.length;
  const records = found.slice(from, to).map(({ modified, ...deal }) => ({
    attributes: { type: 'Opportunity', url: `/services/data/v64.0/sobjects/Opportunity/${deal.Id}` },
    ...deal,
    SystemModstamp: new Date(modified).toISOString().replace('Z', '+0000'),
  }));
  return json({
    ...{ totalSize: found.length, done },
    ...(done ? {} : { nextRecordsUrl: `/services/data/v64.0/query/${locator}-${to}` }),
    records,
  });
}
