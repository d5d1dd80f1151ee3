/** The table of every competitor. */
export const TABLE = 'orders';

/**
 * TODO(concurrency): set to true when `pages.atOnce` and `budget` are options of a pull.
 */
const HAS_AT_ONCE = false;

/** How many pages are asked for at once. */
export const AT_ONCE = HAS_AT_ONCE ? 8 : 1;

export interface PullOptions {
  /** Rows of a page. */
  rows: number;
  /** Requests a second that the vendor allows; absent: it has no limit. */
  perSecond?: number;
}

/** The definition of the pull, as a team would write it. */
export function ordersPull({ rows, perSecond }: PullOptions): string {
  const atOnce = HAS_AT_ONCE ? `, atOnce: ${AT_ONCE}` : '';
  const budget =
    HAS_AT_ONCE && perSecond !== undefined
      ? `\n    budget: { requests: ${perSecond}, per: '1 second', atOnce: ${AT_ONCE} },`
      : '';
  return `import { at, every, pull, t, z } from 'millrace';
export const orders = pull('${TABLE}', {
  every: every.day(), time: 'at', key: ['id'],
  http: {
    url: '{VENDOR_URL}/orders', records: 'items',
    pages: { kind: 'page', param: 'page', last: 'pages', size: ${rows}, sizeParam: 'per_page'${atOnce} },${budget}
  },
  row: z.object({
    id: z.int(), ref: z.string(), at: z.iso.datetime(), amount: t.decimal(12, 2), quantity: z.int(),
    customer: at('customer.name', z.string()), note: z.string().nullable(), is_paid: z.boolean(),
  }),
});
`;
}
