/** Source text of small definition files for the tests. */

/** An hourly pull from whatever `VENDOR_URL` is, with pages. */
export const READINGS = `
import { every, pull, z } from 'millrace';
export const readings = pull('readings', {
  every: every.hour(),
  time: 'hour',
  key: ['hour', 'sensor'],
  http: {
    url: '{VENDOR_URL}/readings',
    query: { from: '{start}', to: '{end}' },
    records: 'items',
    pages: { kind: 'cursor', param: 'after', from: 'next' },
  },
  row: z.object({ hour: z.iso.datetime(), sensor: z.string(), value: z.number().nullable() }),
});
`;

/** A stream of orders and their hourly number and sum. */
export const ORDERS = `
import { every, interval, rollup, sql, stream, view, z } from 'millrace';
export const orders = stream('orders', {
  event: z.object({ id: z.string(), at: z.iso.datetime(), shop: z.string(), cents: z.int() }),
  id: 'id',
  time: 'at',
});
export const ordersHourly = rollup('orders_hourly', {
  every: every.hour(),
  time: 'hour',
  key: ['hour', 'shop'],
  row: z.object({ hour: z.iso.datetime(), shop: z.string(), orders: z.int(), cents: z.int() }),
  sql: sql\`SELECT TIME_FLOOR(__time, 'PT1H') AS "hour", shop, COUNT(*) AS orders, SUM(cents) AS cents
    FROM \${orders} WHERE \${interval} GROUP BY 1, 2\`,
  counts: { orders },
});
export const busyHours = view('busy_hours', { sql: sql\`SELECT * FROM \${ordersHourly} WHERE orders > 1\` });
`;
