/** How many rollups and pulls there are: each falls due every minute, one after the other, so that some run always is. */
export const EACH = 4;

export const ROLLUPS = Array.from({ length: EACH }, (_, n) => `sales_${n}`);
export const PULLS = Array.from({ length: EACH }, (_, n) => `readings_${n}`);

/** Of each minute's readings. */
export const SENSORS = ['a', 'b', 'c'];

const offset = (seconds: number) => (seconds === 0 ? '' : `offset: '${seconds} seconds',`);

const rollups = ROLLUPS.map(
  (name, n) => `
export const sales${n} = rollup('${name}', {
  every: every.minutes(1), ${offset(n * 15)} time: 'minute', key: ['minute', 'shop'],
  row: z.object({ minute: z.iso.datetime(), shop: z.string(), orders: z.int(), cents: z.int() }),
  sql: sql\`SELECT TIME_FLOOR(__time, 'PT1M') AS "minute", shop, COUNT(*) AS orders, SUM(cents) AS cents
    FROM \${orders} WHERE \${interval} GROUP BY 1, 2\`,
  counts: { orders },
});`,
);

const pulls = PULLS.map(
  (name, n) => `
export const readings${n} = pull('${name}', {
  every: every.minutes(1), ${offset(n * 15 + 7)} time: 'minute', key: ['minute', 'sensor'],
  http: {
    url: '{VENDOR_URL}/readings',
    query: { from: '{start}', to: '{end}' },
    records: 'items',
    pages: { kind: 'cursor', param: 'after', from: 'next' },
    timeout: '4 seconds',
  },
  row: z.object({ minute: z.iso.datetime(), sensor: z.string(), value: z.number() }),
});`,
);

/** A stream of orders, rollups over it, and pulls from a vendor that gives its readings one page each. */
export const DEFINITIONS = `
import { every, interval, pull, rollup, sql, stream, z } from 'millrace';
export const orders = stream('orders', {
  event: z.object({ id: z.string(), at: z.iso.datetime(), shop: z.string(), cents: z.int() }),
  id: 'id', time: 'at', partitions: 4,
});
${[...rollups, ...pulls].join('\n')}
`;
