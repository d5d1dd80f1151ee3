/** The table of every competitor. */
export const TABLE = 'orders';

/** How many pages are asked for at once. */
export const AT_ONCE = 8;

export interface PullOptions {
  /** Rows of a page. */
  rows: number;
  /** Requests a second that the vendor allows; absent: it has no limit. */
  perSecond?: number;
}

/** The definition of the pull, as a team would write it. */
export function ordersPull({ rows, perSecond }: PullOptions): string {
  const limit = perSecond === undefined ? '' : `requests: ${perSecond}, per: '1 second', `;
  return `import { at, every, pull, t, z } from 'millrace';
export const orders = pull('${TABLE}', {
  every: every.day(), time: 'at', key: ['id'],
  http: {
    url: '{VENDOR_URL}/orders', records: 'items',
    pages: { kind: 'page', param: 'page', last: 'pages', size: ${rows}, sizeParam: 'per_page' }, budget: { ${limit}atOnce: ${AT_ONCE} },
  },
  row: z.object({
    id: z.int(), ref: z.string(), at: z.iso.datetime(), amount: t.decimal(12, 2), quantity: z.int(),
    customer: at('customer.name', z.string()), note: z.string().nullable(), is_paid: z.boolean(),
  }),
});
`;
}
