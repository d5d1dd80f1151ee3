import { json, type Api } from './vendor.ts';

export interface Order {
  /** 64 bits: as text, and sent as a number. */
  id: string;
  /** With the shop's own offset. */
  updated_at: string;
  total_price: string;
  currency: string;
}

/**
 * Shopify's list of orders: a header of its own for the token, links with `page_info` beside which no filter is taken, at
 * most 250 to a page, money as text, ids of 64 bits as numbers, 429 with Retry-After.
 * @see https://shopify.dev/docs/api/admin-rest/latest/resources/order and …/usage/pagination-rest
 */
export function shopify(orders: () => readonly Order[]): Api {
  return {
    answer({ url, headers, origin }) {
      if (headers['x-shopify-access-token'] !== 'shpat_of_the_test')
        return json(
          { errors: '[API] Invalid API key or access token (unrecognized login or wrong password)' },
          {},
          401,
        );
      const own = url.searchParams.get('page_info');
      if (own !== null && [...url.searchParams.keys()].some((name) => !['page_info', 'limit'].includes(name)))
        return json({ errors: { page_info: 'Invalid value.' } }, {}, 400);
      const asked =
        own === null ? url.searchParams : new URLSearchParams(Buffer.from(own, 'base64url').toString());
      const limit = Math.min(Number(url.searchParams.get('limit') ?? 50), 250);
      const at = Number(asked.get('at') ?? 0);
      const msOf = (name: string, otherwise: number) =>
        asked.has(name) ? Date.parse(asked.get(name) ?? '') : otherwise;
      const listed = orders()
        .filter(({ updated_at: time }) => Date.parse(time) >= msOf('updated_at_min', 0))
        // The upper bound itself is within.
        .filter(({ updated_at: time }) => Date.parse(time) <= msOf('updated_at_max', Infinity))
        .toSorted((a, b) => (BigInt(a.id) < BigInt(b.id) ? 1 : -1));
      const linkTo = (to: number, rel: string) => {
        const next = new URLSearchParams(asked);
        next.set('at', String(to));
        const info = Buffer.from(next.toString()).toString('base64url');
        return `<${origin}${url.pathname}?limit=${limit}&page_info=${info}>; rel="${rel}"`;
      };
      const links = [
        ...(at > 0 ? [linkTo(Math.max(0, at - limit), 'previous')] : []),
        ...(at + limit < listed.length ? [linkTo(at + limit, 'next')] : []),
      ];
      const page = listed
        .slice(at, at + limit)
        .map(({ id, ...order }) => `{"id":${id},${JSON.stringify(order).slice(1)}`);
      return json(`{"orders":[${page.join(',')}]}`, {
        'x-shopify-shop-api-call-limit': '1/40',
        ...(links.length > 0 ? { link: links.join(', ') } : {}),
      });
    },
    limited: () =>
      json(
        { errors: 'Exceeded 2 calls per second for api client.' },
        { 'retry-after': '1.0', 'x-shopify-shop-api-call-limit': '40/40' },
        429,
      ),
  };
}
