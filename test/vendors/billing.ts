import { json, type Api } from './vendor.ts';

export interface Customer {
  id: number;
  name: string;
}

export interface Invoice {
  id: number;
  customer: number;
  /** Unix ms. */
  issued: number;
  total: string;
}

/**
 * The billing system of a small company, as many have it: HTTP basic; customers by pages that are numbered from 1, with the
 * number of pages; the invoices of one customer with `from` (within) and `to` (without), by offset and limit (50 at most),
 * with their total; 404 for a customer that it does not know, 410 for one that is deleted.
 */
export function billing(customers: () => readonly Customer[], invoices: () => readonly Invoice[]): Api {
  return {
    answer({ url, headers }) {
      if (headers.authorization !== `Basic ${Buffer.from('ada:of the test').toString('base64')}`)
        return { ...json({ error: 'unauthorized' }, {}, 401), headers: { 'www-authenticate': 'Basic' } };
      const number = (name: string, instead: number) => Number(url.searchParams.get(name) ?? instead);
      if (url.pathname === '/v1/customers') {
        const page = number('page', 1);
        const pages = Math.max(1, Math.ceil(customers().length / PAGE));
        return json({ page, pages, customers: customers().slice((page - 1) * PAGE, page * PAGE) });
      }
      const [, id = ''] = /^\/v1\/customers\/([^/]+)\/invoices$/.exec(url.pathname) ?? [];
      if (!customers().some((customer) => String(customer.id) === id))
        return json({ error: 'unknown customer' }, {}, 404);
      const from = Date.parse(url.searchParams.get('from') ?? '');
      const to = Date.parse(url.searchParams.get('to') ?? '');
      const all = invoices().filter(
        ({ customer, issued }) => String(customer) === id && issued >= from && issued < to,
      );
      const [offset, limit] = [number('offset', 0), Math.min(50, number('limit', 20))];
      const items = all.slice(offset, offset + limit).map(({ id: invoice, issued, total }) => ({
        id: invoice,
        issued_at: new Date(issued).toISOString(),
        total,
      }));
      return json({ items, total: all.length });
    },
    limited: () => ({ ...json({ error: 'slow down' }, {}, 429), headers: { 'retry-after': '1' } }),
  };
}

const PAGE = 40;
