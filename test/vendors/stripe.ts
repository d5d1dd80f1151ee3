import { json, type Api } from './vendor.ts';

export interface Charge {
  id: string;
  created: number;
  amount: number;
  currency: string;
  billing_details: { email: string | null };
}

/**
 * Stripe's list of charges: the newest first, `created[gte]` and `created[lt]` in Unix seconds, at most 100 to a page,
 * `starting_after` an id, `has_more`; errors as objects.
 * @see https://docs.stripe.com/api/charges/list and https://docs.stripe.com/api/pagination
 */
export function stripe(charges: () => readonly Charge[]): Api {
  return {
    answer({ url, headers }) {
      if (headers.authorization !== 'Bearer sk_of_the_test')
        return error(401, 'invalid_request_error', 'Invalid API Key provided: sk_****');
      const parameter = (name: string) => url.searchParams.get(name) ?? undefined;
      const limit = Number(parameter('limit') ?? 10);
      if (url.pathname !== '/v1/charges')
        return error(404, 'invalid_request_error', 'Unrecognized request URL');
      if (!(limit >= 1 && limit <= 100)) return error(400, 'invalid_request_error', 'Invalid integer: limit');
      const from = Number(parameter('created[gte]') ?? 0);
      const to = Number(parameter('created[lt]') ?? Infinity);
      const listed = charges()
        .filter(({ created }) => created >= from && created < to)
        .toSorted((a, b) => b.created - a.created || (a.id < b.id ? 1 : -1));
      const after = parameter('starting_after');
      const at = after === undefined ? 0 : listed.findIndex(({ id }) => id === after) + 1;
      if (after !== undefined && at === 0)
        return error(400, 'invalid_request_error', `No such charge: '${after}'`);
      const data = listed.slice(at, at + limit).map((charge) => ({ object: 'charge', ...charge }));
      return json({ object: 'list', url: '/v1/charges', has_more: at + limit < listed.length, data });
    },
    limited: () => error(429, 'rate_limit_error', 'Too many requests hit the API too quickly.'),
  };
}

function error(status: number, type: string, message: string) {
  return json({ error: { type, message } }, {}, status);
}
